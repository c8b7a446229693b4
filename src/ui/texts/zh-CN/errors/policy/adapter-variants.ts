/** Why an adapter that is no plain LoRA cannot be used, by the key of `adapter_config.json` that says so. */
import type { AdapterStart } from '../../../../../errors/texts/en/policy/adapter-variants';
import { listed } from '../words';

const MERGE = '请用 PEFT（merge_and_unload）把它合并到基座模型，使用合并后的模型；或训练普通的 LoRA 适配器。';

const VARIANTS: Readonly<Record<string, string>> = {
  use_dora: `DoRA 用学到的幅度缩放被适配权重的每一行，普通 LoRA 没有这一步。${MERGE}`,
  alora_invocation_tokens:
    '激活式 LoRA（aLoRA）只作用于触发序列之后的词元；作用于所有词元时，每个对数概率都会不同。请训练普通的 LoRA 适配器。',
  use_qalora: `QA-LoRA 按组汇聚其 A 矩阵的输入。${MERGE}`,
  use_bdlora: `BD-LoRA 的矩阵是分块对角的。${MERGE}`,
  kasa_config: `KaSA 除了成对矩阵外还有奇异值，并且截断了基座模型。${MERGE}`,
  arrow_config: 'Arrow 逐词元在多个适配器之间选择。请给出其中的一个适配器。',
  monteclora_config: `MonteCLoRA 的矩阵是随机抽取的。${MERGE}`,
  modules_to_save: `除适配器外还训练了整个模块，而引擎只接受投影层上的 LoRA 矩阵对。${MERGE}`,
  trainable_token_indices: `除适配器外还训练了词嵌入的若干行。${MERGE}`,
  target_parameters: `适配了不属于线性层的参数，例如混合专家模型中的参数。${MERGE}`,
  layer_replication: `该适配器属于重复了若干层的模型。${MERGE}`,
  lora_bias: `它的矩阵对带有偏置。${MERGE}`,
  bias: `除适配器外还训练了基座模型的偏置。${MERGE}`,
  fan_in_fan_out: '它属于权重转置存放的模型，例如 GPT-2。',
};

export function variantWords(key: string, start: AdapterStart | null): string {
  if (start === null) {
    const known = Object.hasOwn(VARIANTS, key) ? VARIANTS[key] : undefined;
    return (
      known ??
      '不知道它改变了什么，因此不把该适配器当作普通 LoRA 使用。如果它不影响计算，请从文件中删除它；否则请用写出该适配器的库把它合并。'
    );
  }
  if ('known' in start) {
    return `已知的取值是 true、false、${listed(start.known)}，它们不改变基座模型。请用写出该适配器的库把它转换为普通 LoRA。`;
  }
  return `${start.method} 在训练开始时改变了基座模型的权重，该适配器属于改变后的权重：用在未改动的模型上是错误的。请用 PEFT 转换：save_pretrained(…, path_initial_model_for_weight_conversion=…) 会写出适用于未改动模型的普通 LoRA 适配器。`;
}
