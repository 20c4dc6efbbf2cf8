import { type Manifest, parseManifest } from './manifest.ts'
import type { ManifestBounds } from './metrics-options.ts'

/** Gives the manifest in a text, without its findings. @throws ParseError */
export type ParseManifest = (text: string, ident: string | undefined) => Manifest

const MAX_KNOWN = 200
const PLACE = 'metadata/manifest.yml'

/** Parses each different text once: the gears of a node share few cartridges, and a text cannot go stale. */
export const rememberManifests = (bounds: ManifestBounds): ParseManifest => {
  const known = new Map<string, Manifest>()
  return (text, ident) => {
    const key = `${ident ?? ''}\0${text}`
    const old = known.get(key)
    if (old) return old
    const { manifest } = parseManifest(text, { place: PLACE, bounds, ...(ident === undefined ? {} : { ident }) })
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(key, manifest)
    return manifest
  }
}
