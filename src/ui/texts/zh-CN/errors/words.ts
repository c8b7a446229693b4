/** Phrases that several texts share. */
import { manyOf, type Many } from '../../../../errors/texts/many';
import type { LineProblem, Picture, Shown } from '../../../../errors/texts/picture';
import { placeWords, type PartWords, type Place } from '../../../../errors/texts/place';

const PARTS: PartWords = {
  file: (name) => name,
  line: (line) => ` 第 ${line} 行`,
  row: (row) => ` 第 ${row} 行数据`,
  field: (name) => ` ${name}`,
  column: (name) => `：${name}`,
  side: (side) => `，${side}`,
  message: (n) => `：第 ${n} 条消息`,
  call: (n) => `：第 ${n} 个调用`,
  tool: (n) => `：第 ${n} 个工具`,
  environment: (id) => `环境“${id}”`,
  split: (split) => `，${split} 划分`,
  taskNumber: (n) => `，第 ${n} 个任务`,
  task: (id) => `任务 ${id}`,
  setting: (name) => `设置 ${name}`,
  asked: (what) =>
    ({
      question: '问题',
      answer: '答案',
      task: '所问的任务',
      'task-of-environment': '，所问的任务',
    })[what],
  same: (what) => (what === 'question' ? '问题' : ''),
};

export function place(where: Place): string {
  return placeWords(where, PARTS);
}

export function shown(value: Shown): string {
  return value ?? '（没有）';
}

/** Names one after the other. */
export const listed = (names: readonly string[]): string => names.join('、');

export function shownOfMany({ names, count }: Many): string {
  return count > names.length ? `${listed(names)}，另有 ${count - names.length} 个` : listed(names);
}

/** The first of a list, and how many more there are. */
export function firstOf(names: readonly string[], most: number): string {
  return shownOfMany(manyOf(names, most));
}

/** With its keys, where it is an object. */
export function describe(picture: Picture): string {
  switch (picture.kind) {
    case 'nothing':
      return '（没有）';
    case 'list':
      return picture.isEmpty ? '空列表' : '列表';
    case 'object': {
      const { keys, more } = picture;
      if (keys.length === 0) return '空对象';
      const known = listed(keys.map((key) => JSON.stringify(key)));
      return `键为 ${known}${more === 0 ? '' : ` 等 ${keys.length + more} 个`} 的对象`;
    }
    case 'scalar':
      return JSON.stringify(picture.value);
  }
}

/** The kind alone, of lists and objects. */
export function describeKind(picture: Picture): string {
  if (picture.kind === 'list') return '列表';
  return picture.kind === 'object' ? '对象' : describe(picture);
}

/** The end of a sentence that begins with the line. */
export function lineProblem(problem: LineProblem): string {
  return 'notJson' in problem
    ? `不是 JSON（${problem.notJson}）`
    : `应为 JSON 对象，实为${describe(problem.found)}`;
}

/** @param path of files that come with the package */
export function howToServe(path: string): string {
  return `请把 node_modules/mailgym/public/${path}（源码仓库中为 public/${path}）放到网站的 ${path} 处，并把其上级文件夹的地址作为 baseUrl 给出`;
}
