/** The page's check of the device. */
import type { DeviceProblem } from '../../../report/check/types';
import type { PageTexts } from '../catalogue';
import { device } from './device';

const PARTS: Readonly<Record<string, string>> = {
  device: '打开设备',
  kernels: '适用的内核',
  products: '矩阵乘积',
  rates: '速度',
};

const FEATURES: Readonly<Record<string, string>> = {
  subgroups: '内核在线程之间共享读取的数据',
  'shader-f16': '有就启用；没有内核必须用它',
  'timestamp-query': '基准测试中单个内核的计时',
};

const part = (what: string): string => PARTS[what] ?? what;

function problem(of: DeviceProblem): string {
  switch (of.kind) {
    case 'none':
      return of.why === null ? of.problem : device.fault[of.why].problem;
    case 'software':
      return '由处理器模拟 GPU：所有功能都能运行，但比显卡慢很多倍。';
    case 'limit':
      return `${of.name} 为 ${of.offered}；MailGym 需要 ${of.needed}。`;
    case 'feature':
      return `设备不提供 ${of.name} 功能（${FEATURES[of.name] ?? '用于提速'}）。`;
    case 'miscomputes':
      return `设备计算“${part(of.name)}”的结果有误：${of.problems.slice(0, 3).join('；')}。`;
    case 'failed':
      return `检查“${part(of.what)}”时出错：${of.reason}`;
    case 'slow': {
      const share = `${Math.round((100 * of.measured) / of.expected)}%`;
      return `${of.what === 'matmul' ? '矩阵乘积' : '内存复制'}的速度只有这类显卡应有水平的 ${share}。`;
    }
  }
}

function remedy(of: DeviceProblem): string {
  switch (of.kind) {
    case 'none':
      return of.why === null ? of.remedy : device.fault[of.why].remedy;
    case 'software':
      return '如果有显卡，请安装厂商的 Vulkan 驱动，或在浏览器中开启硬件加速；在容器中请把显卡交给容器使用（docker run --gpus all，或 --device /dev/dri）。否则请选择预设“快速”。';
    case 'limit':
      return '请更新显卡驱动或浏览器：WebGPU 保证每台设备至少达到这个值。';
    case 'feature':
      return '无须处理：会改用较慢的内核。较新的驱动或浏览器也许会提供它。';
    case 'miscomputes':
      return '请更新显卡驱动，或改用别的设备（--adapter-name、另一个浏览器或它的软件渲染）。在结果正确之前，不会在这台设备上开始运行。请把下面的文本报告给我们：也可能是我们的缺陷。';
    case 'failed':
      return '请关闭其他使用 GPU 的程序后再检查一次；如果仍然出错，请更新显卡驱动。';
    case 'slow':
      return '请看看是否有其他程序在使用显卡，电脑是否在用电池供电，显卡是否被限制了功耗（nvidia-smi -q -d PERFORMANCE），以及检查的是否就是你想用的那块显卡。';
  }
}

export const check: PageTexts['check'] = {
  title: '检查这台设备',
  about:
    '由什么来计算、结果是否正确、速度如何。不会向任何地方发送数据；下面的文本供你求助时粘贴，它是英文的，好让各地的人都能读懂。',
  busy: '正在检查；需要几秒钟，用软件渲染则要半分钟……',
  doing: (what) => `正在检查：${part(what)}……`,
  good: '这台设备可以放心用于运行。',
  bad: '这台设备不能用于运行。',
  problems: '问题',
  problem,
  remedy,
  none: '没有。',
  whole: '整份检查结果（英文文本）',
  copy: '复制文本',
  copied: '已复制',
  again: '再检查一次',
  back: '回到页面',
  failed: (message) => `检查因出错而结束：${message}`,
};
