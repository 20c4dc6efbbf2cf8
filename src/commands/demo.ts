import type { Context } from './context.ts'
import { runDemo } from './demo/demo.ts'

/** `oo-metrics demo`, which is `npm start`. @returns exit status 0 */
export const demo = async (context: Context): Promise<number> => {
  await runDemo(context)
  return 0
}
