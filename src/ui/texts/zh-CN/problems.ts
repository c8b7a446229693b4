import type { PageTexts } from '../catalogue';
import { list } from './format';

export const problems: PageTexts['problems'] = {
  title: {
    train: '运行提前停止了。',
    load: '无法训练。',
    import: '无法读取这些文件。',
    environment: '这个文件不能用作任务。',
    plan: '这次运行按现有设置无法进行。',
    model: '无法使用这个模型。',
    export: '导出没有完成。',
    download: '无法下载适配器。',
    mail: '无法更改邮件。',
    storage: '无法使用浏览器的存储。',
    evaluate: '评测提前停止了。',
    pause: '运行没有响应。',
    ask: '问题没有得到回答。',
    language: '无法切换语言。',
  },
  goOnFrom: (checkpoint) => `从${checkpoint === null ? '上次保存处' : ` ${checkpoint} `}继续`,
  deviceLost: '浏览器收回了 GPU。',
  deviceLostWhy: (message) => `${message}显卡驱动重启、电脑休眠或内存不足时会发生这种情况。`,
  deviceLostUnsaved:
    '还没有保存任何内容。请关闭其他使用 GPU 的标签页，重新加载本页后再训练；批次小一些，需要的内存也少一些。',
  deviceLostSaved: '上次保存之前的内容都还在。请从那里继续；如果再次发生，请在高级设置中选择更小的批次。',
  damagedCheckpoint: (from) => `没有改动任何内容。请从 ${from} 继续：它之后的步会重新训练。`,
  worker: '请重新加载本页。如果再次发生，请换用新版 Chrome、Edge 或 Firefox。',
  memory: '请减少每步的问题数、每个问题的回答数或缩短序列，然后再训练。',
  storageFull: '请在“适配器与存储”中删除不再需要的运行，然后继续。',
  load: '请重新加载本页。保存在这个浏览器里的内容不受影响。',
  trainSaved: '上次保存之前的内容都还在；可以从那里继续。',
  train: '没有丢失任何内容：请按上面的说明修改，然后再次按下“开始训练”。',
  other: '页面仍可使用；请按上面的说明修改后再试。',
  environmentIsFile: (id) => `“${id}”是一个文件，页面重新加载后就不再持有它。请重新提供这个文件。`,
  noEnvironment: (id, known) => `本页面没有环境“${id}”；现有的环境是 ${list(known)}。`,
  interrupted: {
    title: (run) => `运行 ${run} 中断了。`,
    message: (step, of) => `它保存到了第 ${step} 步，共 ${of} 步。`,
    remedy:
      '可以从那里继续，也可以关闭本提示；如果另一个标签页正在训练它，请不要动它。所有运行都列在“适配器与存储”中。',
  },
  noSettings: {
    title: '这次运行无法自动继续。',
    message: (file) => `它的设置（${file}）无法读取。`,
    remedy: '请手动选择设置，把“断点续训”设为“latest”，并把输出文件夹设为这次运行的文件夹。',
  },
};
