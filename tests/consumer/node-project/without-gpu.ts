// What somebody without a WebGPU driver gets to read.
import { MailGymError, openEngine } from 'mailgym';

const error: unknown = await openEngine().then(
  () => null,
  (reason: unknown) => reason,
);
if (!(error instanceof MailGymError) || error.code !== 'dawn')
  throw new Error(`expected a MailGymError without a driver, got ${String(error)}`);
if (!/Install one|npm install webgpu/.test(error.message)) throw new Error(`no remedy in: ${error.message}`);
console.log(`${error.name}: ${error.message}`);
