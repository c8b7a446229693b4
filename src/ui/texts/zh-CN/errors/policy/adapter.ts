import type {
  adapter as english,
  AdapterWanted,
  ChosenModules,
} from '../../../../../errors/texts/en/policy/adapter';
import type { Like } from '../types';
import { firstOf, listed, shown } from '../words';
import { variantWords } from './adapter-variants';

/** What a setting of `adapter_config.json` must be. */
const WANTED: Readonly<Record<Extract<AdapterWanted, string>, string>> = {
  boolean: 'true 或 false',
  number: '数',
  targets: '模块名的列表、正则表达式或 "all-linear"',
  names: '名字的列表或一个正则表达式',
  layers: '层号或层号的列表',
  pattern: '按模块给出的数',
};

function chosenWords({ targets, exclude, layers }: ChosenModules): string {
  const parts = [`target_modules = ${targets}`];
  if (exclude !== null) parts.push(`exclude_modules = ${exclude}`);
  if (layers !== null) parts.push(`layers_to_transform = ${layers}`);
  return parts.join('，');
}

const WRONG_MODEL = '该适配器很可能是在别的模型上训练的；请选择它的配置中写明的模型。';
const AGAIN = '请重新保存该适配器。';

export const adapter: Like<typeof english> = {
  'policy/adapter-kind': ({ origin, found }) => `${origin}：peft_type 为 ${shown(found)}；只支持 "LORA"。`,
  'policy/adapter-config-no-json': ({ origin, reason }) => `${origin} 不是有效的 JSON（${reason}）。${AGAIN}`,
  'policy/adapter-config-no-object': ({ origin }) => `${origin} 必须是一个对象。${AGAIN}`,
  'policy/adapter-setting': ({ origin, key, wanted, found }) =>
    `${origin}：${key} 必须是${typeof wanted === 'string' ? WANTED[wanted] : ` 1 到 ${wanted.rank} 的整数`}，实为 ${shown(found)}。${AGAIN}`,
  'policy/adapter-variant': ({ origin, key, found, start }) =>
    `${origin}：不支持 ${key} = ${shown(found)}。${variantWords(key, start)}`,
  'policy/adapter-pattern': ({ origin, setting, key }) =>
    `${origin}：${setting} 的键 ${JSON.stringify(key)} 是无法读取的正则表达式：不支持环视和反向引用。请改写为模块路径，例如 "layers.3.self_attn.q_proj"。`,
  'policy/adapter-excluded': ({ where, module, chosen }) =>
    `${where} 含有 ${module} 的张量，而 adapter_config.json 中为 ${chosenWords(chosen)}，适配器里没有它的位置。${AGAIN}`,
  'policy/adapter-cut': ({ where, name, last, layers, targets, needed, found }) =>
    `${where}：缺少张量“${name}”，第 ${last} 层之后的各层也都缺少；${layers} 层的模型，target_modules 为 ${listed(targets)}，需要 ${needed} 个张量，实有 ${found} 个。${WRONG_MODEL}如果本来就是这样，请在 layers_to_transform 中写明层号。`,
  'policy/adapter-half': ({ where, name }) => `${where}：缺少张量“${name}”，而与它成对的另一半在。${AGAIN}`,
  'policy/adapter-shape': ({ where, name, shape, r, found }) =>
    `${where}：对这个模型和 r = ${r}，张量“${name}”的形状必须是 [${shape.join(', ')}]，实为 [${found.join(', ')}]。${WRONG_MODEL}`,
  'policy/adapter-empty': ({ where }) => `${where} 没有张量，什么也不会被适配。${AGAIN}`,
  'policy/adapter-other-modules': ({ where, meant, chosen }) =>
    `${where} 中的张量不属于这个模型的任何模块` +
    (meant.length === 0
      ? `，而 ${chosenWords(chosen)} 也没有指向任何模块。`
      : `；target_modules 指的是 ${firstOf(meant, 4)}。`) +
    WRONG_MODEL,
  'policy/adapter-several': ({ origin, paths }) =>
    `${origin}：找到多个适配器（${listed(paths)}）。请只给一个文件夹。`,
  'policy/adapter-no-file': ({ origin, name, found }) =>
    `${origin}：没有 ${name}。` +
    (found === 'pickle'
      ? 'adapter_model.bin 是 Python 的 pickle 文件，不读取；请用 safetensors 保存适配器。'
      : `适配器是含 adapter_config.json 和 adapter_model.safetensors 的文件夹；${found.length === 0 ? '这里什么也没有' : `这里有 ${listed(found)}`}。`),
  'policy/adapter-no-place': ({ where, name, layers, targets }) =>
    `${where}：张量“${name}”在 ${layers} 层的模型中没有位置，该模型的适配器在 ${listed(targets)} 上有 LoRA 矩阵对。${WRONG_MODEL}`,
  'policy/adapter-name-twice': ({ where, name }) =>
    `${where}：张量“${name}”出现了两次，一次带 ".default" 或别的前缀，一次不带。${AGAIN}`,
  'policy/adapter-models': ({ where, prefixes }) =>
    `${where}：张量属于多个模型（${listed(prefixes)}）。${AGAIN}`,
  'policy/adapter-no-target': () => 'LoRA 适配器至少需要一个目标模块。',
  'policy/adapter-no-tensor': ({ name }) => `适配器没有张量 ${name}：它是为别的模型或别的目标模块制作的。`,
  'policy/adapter-tensor-shape': ({ name, found, shape }) =>
    `${name} 的形状是 [${found.join(', ')}]，这个模型和秩需要 [${shape.join(', ')}]：它是为别的模型制作的。`,
  'policy/adapter-more': ({ name }) =>
    `适配器含有${name === null ? '一些张量' : ` ${name}`}，而这个模型或其目标模块没有。`,
};
