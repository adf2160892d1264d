/** The configuration in force: the file's, with the overrides that the API has set. Changes are durable before they act. */
import { err, ok, type Result } from '../base/result.ts';
import { isSectionName, sections, type MemberConfig, type SectionName } from '../config/config.ts';
import type { ConfigApi, ConfigElement } from '../shell/http/routes/config.ts';
import type { Logger } from '../shell/log/log.ts';
import type { DurableStore } from '../shell/store/lmdb-store.ts';
import type { WireValue } from '../tasks/wire-value.ts';
import {
  effectiveConfig,
  loadOverrides,
  overridableSections,
  overrideTable,
  planOverride,
  sectionView,
  type Overrides,
} from './config-overrides.ts';

/** What acts on a section. */
export interface SectionListener {
  /** Why the new values cannot be used; the change is refused and nothing is saved. */
  readonly problem?: (config: MemberConfig) => string | undefined;
  /** The new values are durable and in force. */
  readonly apply: () => void;
}

type UpdateError = { readonly status: 400 | 500; readonly message: string };

export class LiveConfig implements ConfigApi {
  readonly isEnabled: boolean;
  readonly sections: readonly string[] = overridableSections();
  private readonly base: MemberConfig;
  private readonly store: DurableStore;
  private readonly listeners = new Map<SectionName, SectionListener>();
  private overrides: Overrides = new Map();
  private effective: MemberConfig;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(base: MemberConfig, store: DurableStore, logger: Logger) {
    this.base = base;
    this.store = store;
    this.isEnabled = base['config-override'].enabled;
    this.effective = base;
    const loaded = loadOverrides(store.rows(overrideTable));
    for (const row of loaded.unreadable) logger.error('an override cannot be read and is left alone', ['row', row]);
    this.overrides = loaded.overrides;
    if (base['skip-config-overrides'] || !this.isEnabled) return;
    const effective = effectiveConfig(base, loaded.overrides);
    if (effective.ok) this.effective = effective.value;
    else logger.error('overrides of the configuration do not fit the file and are left out', ['err', effective.error]);
  }

  current(): MemberConfig {
    return this.effective;
  }

  /** One listener per section. */
  onChange(section: SectionName, listener: SectionListener): void {
    this.listeners.set(section, listener);
  }

  section(name: string): readonly ConfigElement[] | undefined {
    return isSectionName(name) && sections[name].overridable ? sectionView(this.effective, name) : undefined;
  }

  update(
    path: { readonly section: string; readonly element: string | undefined },
    body: WireValue,
  ): Promise<Result<void, UpdateError>> {
    const result = this.queue.then(() => this.change(path, body));
    // Whoever asked hears of a failure; the next change starts all the same.
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async change(
    path: { readonly section: string; readonly element: string | undefined },
    body: WireValue,
  ): Promise<Result<void, UpdateError>> {
    const plan = planOverride(this.base, this.overrides, path, body);
    if (!plan.ok) return err({ status: 400, message: plan.error });
    const listener = isSectionName(path.section) ? this.listeners.get(path.section) : undefined;
    const problem = listener?.problem?.(plan.value.config);
    if (problem !== undefined) return err({ status: 500, message: problem });
    const written = await this.store.commit({ durability: 'sync', writes: plan.value.writes });
    if (!written.ok) return err({ status: 500, message: written.error });
    this.overrides = plan.value.overrides;
    this.effective = plan.value.config;
    listener?.apply();
    return ok(undefined);
  }
}
