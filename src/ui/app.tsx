/** The page as a whole, and what follows the state outside of it. */
import { options, render, type JSX } from 'preact';
import { Ask } from './ask/ask';
import { Compare } from './compare/compare';
import { LanguageSwitch } from './language-switch';
import { Lessons } from './lessons/lessons';
import { Log } from './log';
import { OwnMailView } from './mail/view';
import { MaskView } from './mask/mask-view';
import { PageContext, type Page } from './page';
import { Tabs, type Tab } from './parts/tabs';
import { AdvicePanel } from './run/advice-panel';
import { Announcer } from './run/announcer';
import { DeviceChip } from './run/device';
import { DeviceHelp } from './run/device-help';
import { ProblemPanel } from './run/problem-panel';
import { Progress } from './run/progress';
import { Warning } from './run/warning';
import { Runs } from './runs/runs';
import { Setup } from './setup/setup';
import { Storage } from './storage/storage';
import { t } from './texts';
import { Training } from './training/training';
import { Trajectories } from './trajectories/trajectories';

const TABS: readonly Tab[] = [
  { view: 'curves', Panel: Training },
  { view: 'trajectories', Panel: Trajectories },
  { view: 'mask', Panel: MaskView },
  { view: 'runs', Panel: Runs },
  { view: 'compare', Panel: Compare },
  { view: 'ask', Panel: Ask },
  { view: 'mail', Panel: OwnMailView },
  { view: 'files', Panel: Storage },
  { view: 'log', Panel: Log },
];

// Once a frame, however many events a run tells of in it. Hidden pages get no frames; a timer keeps them drawn.
options.debounceRendering = (draw) => {
  if (document.hidden) setTimeout(draw, 250);
  else requestAnimationFrame(draw);
};

/** Places that index.html provides, with the header around them. */
export interface Slots {
  readonly host: HTMLElement;
  readonly deviceSlot: HTMLElement;
  readonly languageSlot: HTMLElement;
}

export function mountApp({ host, deviceSlot, languageSlot }: Slots, page: Page): void {
  const within = (view: JSX.Element): JSX.Element => (
    <PageContext.Provider value={page}>{view}</PageContext.Provider>
  );
  render(within(<LanguageSwitch />), languageSlot);
  render(within(<DeviceChip />), deviceSlot);
  render(within(<App />), host);
}

function App(): JSX.Element {
  return (
    <>
      <aside class="side" aria-label={t.app.setup}>
        <Setup />
      </aside>
      <div class="content">
        <Lessons />
        <ProblemPanel />
        <DeviceHelp />
        <AdvicePanel />
        <div class="run">
          <Progress />
          <Warning />
        </div>
        <Tabs tabs={TABS} />
        <Announcer />
      </div>
    </>
  );
}
