/** Settings and metrics that every defined environment has. */
import type { AnySettingInfo, SettingsTable } from '../settings/setting-info';
import { real } from '../settings/setting-info';
import type { MetricsTable } from './types';

/** Values of the settings that {@link automaticSettings} describes. */
export type AutomaticSettings = {
  /** Seconds that one call of a tool, a check or a reward may take. */
  toolTimeout: number;
  /** Absent in environments without tools. */
  toolErrors?: 'end' | 'message';
  /** Name of a set of weights. */
  rewardPreset: string;
};

const toolErrors: AnySettingInfo = {
  label: 'Bad tool calls',
  group: 'Rollout',
  unit: '',
  default: 'message',
  rule: { kind: 'choice', choices: ['end', 'message'] },
  description: 'end: a call that cannot be run ends the episode. message: the error is told to the policy.',
  advanced: true,
};

const toolTimeout: AnySettingInfo = {
  label: 'Tool timeout',
  group: 'Rollout',
  unit: 'seconds',
  default: 10,
  rule: real(0, 86_400, { minOpen: true }),
  description:
    'Time that one call of a tool, a check or a reward may take. A tool that is late ends its episode; a reward that is late leaves the rollout out of its group. The run goes on.',
  advanced: true,
};

/** @param presets names of the sets of weights, the default first; not empty */
export function automaticSettings(hasTools: boolean, presets: readonly string[]): SettingsTable {
  return {
    ...(hasTools ? { toolErrors } : {}),
    toolTimeout,
    rewardPreset: {
      label: 'Reward',
      group: 'Reward and advantage',
      unit: '',
      default: presets[0] ?? '',
      rule: { kind: 'choice', choices: presets },
      description: "Set of weights of the reward's parts.",
    },
  };
}

/** Counts that the episode keeps by itself. */
export type CallCounts = {
  tool_calls: number;
  bad_calls: number;
  tool_errors: number;
  shortened_results: number;
};

export const CALL_METRICS = {
  tool_calls: { label: 'tool calls', unit: 'count', description: 'Calls of an episode, good and bad.' },
  bad_calls: {
    label: 'bad calls',
    unit: 'count',
    description: 'Calls of an episode that could not be run: no such tool, or arguments that do not fit.',
    inSteps: 'badCalls',
    inEvaluations: true,
  },
  tool_errors: {
    label: 'tool faults',
    unit: 'count',
    description: 'Calls of an episode in which the tool itself threw, or took too long.',
  },
  shortened_results: {
    label: 'shortened results',
    unit: 'count',
    description: 'Results of an episode that were shortened to fit the context.',
  },
} as const satisfies MetricsTable & Readonly<Record<keyof CallCounts, unknown>>;

export function noCalls(): CallCounts {
  return { tool_calls: 0, bad_calls: 0, tool_errors: 0, shortened_results: 0 };
}
