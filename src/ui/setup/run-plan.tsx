/** Before Train: what the run will hold on the GPU, what is still to be fetched, and how long it may take. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { RunPlan } from '../../../workers/api';
import { bytes, duration, integer } from '../format';
import { usePage, useTelling } from '../page';
import { t } from '../texts';
import { trainObstacle } from './obstacle';
import { KNOWN_MODELS } from './known-models';
import { secondsExpected } from './expected';

export function RunPlanPanel(): JSX.Element {
  const { live, derived, runner } = usePage();
  const { settings } = derived.resolved.value;
  const plan = useSignal<{ readonly key: string; readonly plan: RunPlan } | null>(null);
  const busy = useSignal(false);
  const tell = useTelling('plan');
  const key = JSON.stringify(settings);
  const find = async (): Promise<void> => {
    if (settings === null) return;
    busy.value = true;
    try {
      plan.value = { key, plan: await runner.plan(settings) };
    } finally {
      busy.value = false;
    }
  };
  const shown = plan.value?.key === key ? plan.value.plan : null;
  const isOff = busy.value || derived.busy.value || trainObstacle(live, derived.resolved.value) !== null;
  return (
    <div class="run-plan">
      <button type="button" class="quiet" disabled={isOff} onClick={() => tell(find())}>
        {t.models.plan.ask}
      </button>
      <div role="status" class="note">
        {busy.value && t.models.plan.asking}
        {shown !== null && <Lines plan={shown} />}
      </div>
    </div>
  );
}

function Lines({ plan }: { readonly plan: RunPlan }): JSX.Element {
  const { live, derived } = usePage();
  const { need, rollouts, maxPositions } = plan;
  const model = derived.resolved.value.settings?.model ?? '';
  const known = KNOWN_MODELS.find(({ id }) => model.replace(/@.*$/, '') === `hub:${id}`);
  const stored = live.downloads.some(({ name }) => name.replace(/@.*$/, '') === model.replace(/@.*$/, ''));
  const seconds = secondsExpected(live.records, derived.resolved.value.settings, rollouts);
  return (
    <ul>
      <li>
        {t.models.plan.memory({
          peak: bytes(need.peakBytes),
          weights: bytes(need.weights),
          form: need.baseWeights,
          rest: bytes(need.trained + need.activations + need.cache),
        })}
      </li>
      <li>
        {stored
          ? t.models.plan.stored
          : known !== undefined
            ? t.models.plan.download(bytes(known.bytes))
            : model.startsWith('hub:') || /^https?:/.test(model)
              ? t.models.plan.downloadUnknown
              : t.models.plan.noDownload}
      </li>
      <li>
        {seconds === null
          ? t.models.plan.noTime(integer(rollouts))
          : t.models.plan.time(integer(rollouts), duration(seconds))}
      </li>
      <li>{t.models.plan.context(integer(maxPositions))}</li>
    </ul>
  );
}
