import type { Settings } from '../../src/settings/settings';
import type { Command } from '../runtime/command';
import { ConsoleReport } from '../runtime/console';
import { withBoard, type Follower } from './board';

/** Who hears what a run tells: the console, and TensorBoard where it was asked for. */
export function reportOf(settings: Settings, options: Command['options']): Follower {
  const report = new ConsoleReport();
  return options['tensorboard'] === undefined ? report : withBoard(report, settings);
}
