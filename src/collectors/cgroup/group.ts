import { join } from 'node:path'
import { openProc } from '../../host/proc.ts'
import type { Hierarchies } from './hierarchies.ts'
import { readText } from './read-text.ts'

/** The cgroup of one gear at one moment, spread over the hierarchies in which it exists. Nothing here throws. */
export interface Group {
  /** Text of a file of cgroup v1, looked up in the hierarchy of its controller: `memory.stat` in that of `memory`. */
  v1(file: string): string | undefined
  v2(file: string): string | undefined
  /** Files of its controllers, each name once, v1 first; those that every group has (`tasks`, `cgroup.procs`) left out. */
  files(): readonly string[]
}

/** Each file is read once, so that all that is said of it agrees. */
export const groupIn = (hierarchies: Hierarchies, cgroup: string): Group => {
  const unified = hierarchies.v2?.(cgroup)
  const texts = new Map<string, string | undefined>()
  const read = (directory: string | undefined, file: string): string | undefined => {
    if (directory === undefined) return undefined
    const path = join(directory, file)
    if (!texts.has(path)) texts.set(path, readText(path))
    return texts.get(path)
  }
  return {
    v1: (file) => read(hierarchies.v1.get(controllerOf(file))?.(cgroup), file),
    v2: (file) => read(unified, file),
    files() {
      const directories = new Set([...[...hierarchies.v1.values()].map((hierarchy) => hierarchy(cgroup)), unified])
      const names = [...directories].flatMap((directory) =>
        directory === undefined ? [] : openProc(directory).list('').toSorted(),
      )
      return [...new Set(names)].filter(isOfController)
    },
  }
}

const controllerOf = (file: string): string => file.slice(0, file.indexOf('.'))

const isOfController = (name: string): boolean => name.includes('.') && !name.startsWith('cgroup.')
