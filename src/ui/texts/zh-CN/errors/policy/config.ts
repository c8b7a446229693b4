import type {
  config as english,
  ConfigNeeds,
  UnsupportedKey,
} from '../../../../../errors/texts/en/policy/config';
import type { Like } from '../types';
import { listed, shown } from '../words';

function needsWords(needs: ConfigNeeds): string {
  if (needs === 'boolean') return '必须是 true 或 false';
  if (needs === 'object') return '必须是对象';
  if ('integer' in needs) return `必须是 1 到 ${needs.integer} 的整数`;
  if ('least' in needs) return `必须是 ${needs.least} 到 ${needs.most} 的数`;
  return `必须给 ${needs.layers} 层各写 ${listed(needs.among)} 之一`;
}

const REMEDIES: Readonly<Record<UnsupportedKey, string>> = {
  mlp_bias: '请选择 MLP 不带偏置的模型。',
  quantization_config: '请使用未量化的模型（F32、F16 或 BF16 的 safetensors）。',
  partial_rotary_factor: '请选择对整个头做旋转的模型。',
  hidden_act: '只支持 "silu"。',
  use_sliding_window: '请选择使用全注意力的模型。',
  layer_types: '请选择所有层都是 "full_attention" 的模型。',
  hidden_activation: '只支持 "gelu_pytorch_tanh"。',
  use_bidirectional_attention: '它是用来做嵌入的；请选择会写文本的模型。',
  final_logit_softcapping: '请选择没有软上限的模型。',
  attn_logit_softcapping: '请选择没有软上限的模型。',
};

const OWN_FILE = '请使用模型自带的 config.json。';

export const config: Like<typeof english> = {
  'policy/config-value': ({ origin, key, needs, found }) =>
    `${origin}：${key} ${needsWords(needs)}，实为 ${shown(found)}。${OWN_FILE}`,
  'policy/config-heads': ({ origin, heads, kvHeads }) =>
    `${origin}：num_attention_heads ${heads} 必须是 num_key_value_heads ${kvHeads} 的倍数。${OWN_FILE}`,
  'policy/config-no-head-dim': ({ origin, hiddenSize, heads }) =>
    `${origin}：hidden_size ${hiddenSize} 不是 num_attention_heads ${heads} 的倍数，也没有 head_dim。${OWN_FILE}`,
  'policy/config-rotary-order': ({ origin, high, low }) =>
    `${origin}：high_freq_factor ${high} 必须大于 low_freq_factor ${low}。${OWN_FILE}`,
  'policy/config-unsupported': ({ origin, key, found }) =>
    `${origin}：不支持 ${key} = ${shown(found)}。${REMEDIES[key]}`,
  'policy/config-token-ids': ({ origin, key, vocabulary, found }) =>
    `${origin}：${key} 必须是小于 vocab_size ${vocabulary} 的词元 id，实为 ${shown(found)}。请使用模型自带的文件。`,
  'policy/config-no-object': ({ origin, found }) =>
    `${origin}：应为 JSON 对象，实为 ${shown(found)}。${OWN_FILE}`,
  'policy/config-odd-head': ({ origin, headDim }) =>
    `${origin}：head_dim ${headDim} 必须是偶数，因为旋转位置编码按对旋转。请换一个模型。`,
  'policy/config-hints': ({ origin, found }) =>
    `${origin}："mailgym" 必须是对象，实为 ${shown(found)}。请改正或删除。`,
  'policy/config-family': ({ origin, found, known }) =>
    `${origin}：model_type 为 ${shown(found)}；支持的有 ${listed(known)}。请选择这些系列的模型。`,
  'policy/config-rotary': ({ origin, found }) =>
    `${origin} = ${shown(found)} 不受支持；只支持普通的旋转位置编码，以及 rope_type 为 "linear" 和 "llama3" 的。请换一个模型。`,
};
