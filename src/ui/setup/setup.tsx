/** The set-up panel: task, mode, preset, source of the tasks, settings, and the buttons of the run. */
import type { JSX } from 'preact';
import { viewOf } from '../environments';
import { formEnvironment } from '../form-state';
import { useLive } from '../page';
import { CompareModes } from './compare-modes';
import { EnvironmentPicker } from './environment-picker';
import { HubToken } from './hub-token';
import { ModelPicker } from './model-picker';
import { ModePicker } from './mode-picker';
import { PresetPicker } from './preset-picker';
import { RunButtons } from './run-buttons';
import { RunPlanPanel } from './run-plan';
import { SettingsPanel } from './settings-panel';

export function Setup(): JSX.Element {
  const environment = useLive((state) => formEnvironment(state.form));
  const { Source } = viewOf(environment);
  return (
    <div class="controls">
      <EnvironmentPicker />
      <ModePicker />
      <PresetPicker />
      {Source !== undefined && (
        <div class="task-source">
          <Source />
        </div>
      )}
      <ModelPicker />
      <RunPlanPanel />
      <RunButtons />
      <CompareModes />
      <HubToken />
      <SettingsPanel />
    </div>
  );
}
