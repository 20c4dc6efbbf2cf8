/**
 * The metric that `oo-metrics doctor` sends through everything. Its value, a random whole number, tells one probe from
 * another; each backend remembers the value of the last one that it wrote.
 */
export const PROBE_METRIC = 'oo.doctor.probe'
