/**
 * kapacitor.conf of a member: what may stand in it, what it means, how it is read, checked and printed.
 * Guarantees: every section of the 1.5 and Enterprise 1.5 schema is accepted; a configuration that loads is valid
 * as a whole; what `printConfig` writes loads to the same configuration. Knows nothing of files or processes.
 */
export { loadConfig, type ConfigFlags, type ConfigSources, type LoadedConfig } from './load.ts';
export { printConfig } from './print.ts';
export { isSectionName, sections, type MemberConfig, type SectionName } from './schema.ts';
export type { Field } from './fields.ts';
export { udfFunctions, type UdfFunction } from './udf-functions.ts';
export { readValue } from './value.ts';
