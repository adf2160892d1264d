/** Times as alerts print them; the calendar itself is shared by every layer. */
export { civilTime, daysFromCivil, formatRfc3339 } from '../base/rfc3339.ts';
export type { CivilTime } from '../base/rfc3339.ts';
