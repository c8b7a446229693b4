/** Opening an engine for many calls. */
import type { Engine as Inner } from '../engine/engine';
import { readAdapterFolder } from '../engine/peft';
import type { LoraConfig, TrainablePolicy } from '../engine/types';
import { CORE_TABLE } from '../settings/table';
import { Held, keep, release } from './held';
import { abortable } from './signal';
import type { Engine, EngineOptions, PolicyOptions } from './types';

/** See calls.ts. */
export function openEngine(options: EngineOptions = {}): Promise<Engine> {
  return abortable(options.signal, () => open(options));
}

async function open(options: EngineOptions): Promise<Engine> {
  const {
    model = CORE_TABLE.model.default,
    baseWeights = 'auto',
    signal,
    onEvent = () => undefined,
  } = options;
  const loading = (done: number, total: number, note: string) =>
    onEvent({ kind: 'progress', phase: 'loading', done, total, note });
  const held = await Held.open(options);
  try {
    const log = (line: string) => onEvent({ kind: 'log', line });
    const inner = await held.session.engine({ model, baseWeights }, loading, log, signal);
    await inner.load(loading, signal);
    signal?.throwIfAborted();
    const engine: Engine = {
      ...{ model, baseWeights: inner.baseWeights ?? 'f32', config: inner.config, chat: inner.chat },
      policy: (choice) => policyOf(inner, choice),
      dispose: () => release(engine),
    };
    keep(engine, held);
    return engine;
  } catch (error) {
    held.session.dispose();
    throw error;
  }
}

function policyOf(engine: Inner, { adapter, lora, seed }: PolicyOptions = {}): TrainablePolicy {
  const read = adapter === undefined ? null : readAdapterFolder(adapter, engine.config);
  const fresh: LoraConfig = {
    r: CORE_TABLE.loraR.default,
    alpha: CORE_TABLE.loraAlpha.default,
    targets: CORE_TABLE.loraTargets.default,
    ...lora,
  };
  const policy = engine.policy(read?.lora ?? fresh, seed ?? CORE_TABLE.seed.default);
  if (read !== null) policy.loadAdapter(read.tensors);
  return policy;
}
