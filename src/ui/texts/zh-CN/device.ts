import type { PageTexts } from '../catalogue';

export const device: PageTexts['device'] = {
  looking: '正在查找 GPU……',
  noWebgpu: '没有 WebGPU',
  notStarted: '未启动',
  unnamed: '未命名的 GPU',
  software: '软件渲染',
  softwareNote:
    'WebGPU 可以使用，但计算由处理器而不是显卡完成。所有功能都能运行，只是慢很多倍：请选择预设“快速”。如果这台电脑有显卡，请在浏览器设置中开启硬件加速。',
  vendor: '厂商',
  architecture: '架构',
  notTold: '未提供',
  largestBuffer: '最大缓冲区',
  halfFloats: '16 位浮点数',
  subgroups: '子组（subgroups）',
  yes: '支持',
  no: '不支持',
  missing: '缺少 WebGPU',
  fault: {
    'no-webgpu': {
      problem: '这个浏览器没有 WebGPU，而训练需要它。',
      remedy:
        '请使用新版 Chrome 或 Edge（113 及以上）、Firefox（141 及以上）或 Safari（26 及以上）。在 Linux 上，Chrome 可能需要开启 chrome://flags/#enable-unsafe-webgpu。',
    },
    'insecure-page': {
      problem: '这个浏览器没有 WebGPU，而训练需要它。',
      remedy: 'WebGPU 只在 https:// 或 localhost 的页面上可用：请从这样的地址打开本页。',
    },
    'no-answer': {
      problem: '浏览器无法查找图形适配器。',
      remedy: '请重启浏览器后再试。',
    },
    'no-adapter': {
      problem: '浏览器有 WebGPU，但没有提供图形适配器。',
      remedy:
        '请在浏览器设置中开启硬件加速，更新显卡驱动，或在 chrome://gpu 查看原因。没有 GPU 的虚拟机需要安装软件驱动。',
    },
  },
  notOffered: '这个浏览器在此处不提供 WebGPU',
  needsBrowser: 'MailGym 通过 WebGPU 在你自己的显卡上训练，因此需要一个开启了 WebGPU 的浏览器：',
  browsers: [
    {
      name: 'Chrome 或 Edge 113 及以上（Windows、macOS、ChromeOS）',
      how: 'WebGPU 默认开启。如果没有，请在“设置 → 系统”中打开“使用图形加速功能（如果可用）”，然后重启浏览器。',
    },
    {
      name: 'Android 上的 Chrome 121 及以上',
      how: '在 Android 12 及以上的大多数手机上默认开启。',
    },
    {
      name: 'Linux 上的 Chrome',
      how: '较新的显卡上默认开启。否则请打开 chrome://flags/#enable-unsafe-webgpu，选择“Enabled”并重启；还须安装 Vulkan 驱动。',
    },
    { name: 'Safari 26 及以上（macOS、iOS、iPadOS）', how: 'WebGPU 默认开启。' },
    {
      name: 'Firefox 141 及以上（Windows）、145 及以上（Apple 芯片的 macOS）',
      how: 'WebGPU 默认开启。其他系统：在 Firefox Nightly 的 about:config 中把 dom.webgpu.enabled 设为 true。',
    },
  ],
  needsSecurePage:
    'WebGPU 还需要安全的页面：https:// 或 http://localhost。没有 WebGPU 时，仍可在“要不要掩码？”里了解训练在做什么。',
};
