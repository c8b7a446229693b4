/**
 * transformers.js's own model class around a session of ONNX Runtime's WebGPU provider. Its loader would build the same
 * in a browser; in Node it knows only the native runtime, so the session is made here and handed in.
 */
import { LlamaForCausalLM, PretrainedConfig, Tensor, type PreTrainedModel } from '@huggingface/transformers';
import type { ModelConfig } from '../../../../src/engine/types';
import type { HostTensors } from '../../../../src/formats/tensors';
import { decoderModel } from '../../onnx/decoder';
import type { Session } from '../../session';
import { outputLocations } from './decode';
import { createSession, ort } from './runtime';

/** The library documents its constructors for its own use only. */
type ModelClass = new (
  config: PretrainedConfig,
  sessions: Record<string, unknown>,
  configs: Record<string, unknown>,
) => PreTrainedModel;

/** @param configJson content of the model's `config.json`; Llama models only */
export async function ortModel(
  session: Session,
  config: ModelConfig,
  configJson: Readonly<Record<string, unknown>>,
  tensors: HostTensors,
): Promise<PreTrainedModel> {
  const runtime = await createSession(
    session.opened.gpu.device,
    decoderModel(config, tensors, { padding: 'left-padded' }),
    { preferredOutputLocation: outputLocations(config) },
  );
  const Model = LlamaForCausalLM as unknown as ModelClass;
  const model = asSession(runtime, config);
  return new Model(new PretrainedConfig({ ...configJson }), { model }, {});
}

/** What the library reads of a session. */
function asSession(runtime: ort.InferenceSession, config: ModelConfig) {
  const shape = ['batch_size', config.kvHeads, 'past_sequence_length', config.headDim];
  const past = runtime.inputNames.filter((name) => name.startsWith('past_key_values.'));
  return {
    inputNames: runtime.inputNames,
    outputNames: runtime.outputNames,
    inputMetadata: past.map((name) => ({ name, isTensor: true, type: 'float32', shape })),
    outputMetadata: [],
    config: { dtype: 'fp32', kv_cache_dtype: 'float32' },
    run: async (feeds: Readonly<Record<string, Tensor['ort_tensor']>>) => {
      const inputs = Object.entries(feeds).map(([name, tensor]) => [name, unwrapped(tensor)]);
      const results = await runtime.run(Object.fromEntries(inputs));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, wrapped(tensor)]));
    },
    release: () => runtime.release(),
  };
}

/** In Node the library makes its tensors with another copy of the runtime's classes. */
function unwrapped(tensor: Tensor['ort_tensor']): ort.Tensor {
  if (tensor instanceof ort.Tensor) return tensor;
  return tensor.type === 'int64'
    ? new ort.Tensor('int64', tensor.data as BigInt64Array, tensor.dims)
    : new ort.Tensor('float32', tensor.data as Float32Array, tensor.dims);
}

/** Hidden from enumeration, or the library would wrap what is inside once more. */
function wrapped(tensor: ort.Tensor): Tensor {
  const outer = new Tensor('float32', new Float32Array(0), [0]);
  Object.defineProperty(outer, 'ort_tensor', { value: tensor, enumerable: false });
  return outer;
}
