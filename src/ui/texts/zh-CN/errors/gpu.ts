/** Texts of GpuError and DeviceLostError. */
import type { TextsOf } from './types';
import { memoryWords, proposalWords } from './memory';
import { listed } from './words';

export const gpu: TextsOf<'gpu' | 'device-lost'> = {
  'gpu/buffer-size': ({ bytes, label }) => `请求了 ${bytes} 字节的 GPU 缓冲区（${label || '未命名'}）。`,
  'gpu/buffer-limit': ({ label, bytes, limit }) =>
    `${label || '一个缓冲区'} 需要 ${bytes} 字节；这台设备每个缓冲区最多 ${limit} 字节。请使用更小的模型、更短的 maxSeqLength 或更小的 microBatchTokens。`,
  'gpu/buffer-freed-twice': ({ label }) => `缓冲区 ${label || '（未命名）'} 被释放了两次。`,
  'gpu/no-adapter': () => '有 WebGPU，但没有提供图形适配器。请更新显卡驱动，或在浏览器中开启硬件加速。',
  'gpu/miscomputes': ({ adapter, what, problems }) =>
    `${adapter} 计算有误，因此不会在它上面开始运行：用已知答案的 ${what} 检验，得到的结果不同（${problems.join('；')}）。请更新显卡驱动，或改用别的设备：换一个浏览器、用它的软件渲染，或在命令行上用 --adapter-name。`,
  'gpu/software-refused': ({ adapter }) =>
    `要求使用显卡，却只找到 ${adapter}，它是用处理器模拟的显卡。请安装显卡的 Vulkan 驱动，把显卡交给容器使用，或去掉 --require-gpu。`,
  'gpu/card-missing': ({ reason }) =>
    `要求使用显卡，但 WebGPU 没有找到任何设备。请安装显卡的 Vulkan 驱动，把显卡交给容器使用，或去掉 --require-gpu。（${reason}）`,
  'gpu/other-adapter': ({ asked, found }) =>
    `没有名称含“${asked}”的设备；找到的设备：${found.length === 0 ? '无' : listed(found)}。请在 --adapter-name 中给出其中一个名称的一部分。`,
  'gpu/none-here': ({ problem, remedy }) =>
    `没有可用于计算的设备：${problem}${remedy}（可用 \`npm run doctor -- --runtime browser\` 检查。）`,
  'gpu/no-device': () => '图形适配器拒绝打开设备。',
  'gpu/workgroups': ({ program, groups, limit }) =>
    `${program}：${groups.join(' × ')} 个工作组，超过每维 ${limit} 个的上限。`,
  'gpu/read': () => '从 GPU 读取失败。',
  'gpu/command': ({ reason }) => `GPU 拒绝了一条命令：${reason}`,
  'gpu/out-of-memory': ({ reason }) =>
    `GPU 内存用完了。请调小 microBatchTokens、maxSeqLength 或 numGenerations，关闭其他使用 GPU 的程序，或选择更小的模型。（${reason}）`,
  'gpu/matmul-modules': ({ most, given }) => `一次矩阵乘法最多接受 ${most} 个模块，给了 ${given} 个。`,
  'gpu/matmul-added': () => '一次矩阵乘法只能加偏置或残差之一，不能两者都加。',
  'gpu/muon-matrix': ({ rows, cols, limit }) =>
    `Muon 需要在一个绑定中放下 ${rows} × ${cols} 的矩阵；这台设备最多 ${limit} 个数。`,
  'gpu/program': ({ program, reason }) => `GPU 拒绝了程序 ${program}：${reason}`,
  'gpu/buffers': ({ program, needed, given }) => `${program} 需要 ${needed} 个缓冲区，给了 ${given} 个。`,
  'gpu/buffer-format': ({ program, name, needed, given }) =>
    `${program} 按 ${needed} 字读取 ${name}，给的是 ${given} 字。`,
  'gpu/foreign-backend': () =>
    '这个运算需要 openDevice 创建的 WebGPU 后端；当前是另一个。请调用 useWithTfjs(backend)。',
  'gpu/tensor-size': ({ shape, bytes, limit }) =>
    `形状为 [${shape.join(', ')}] 的张量占 ${bytes} 字节；这台设备的一个绑定容纳 4 到 ${limit} 字节。`,
  'gpu/tensor-nowhere': ({ dtype, shape }) =>
    `形状为 [${shape.join(', ')}] 的 ${dtype} 张量不在任何缓冲区中。`,
  'gpu/uniforms': ({ program, needed, given }) =>
    `${program} 需要 ${needed} 个 uniform 字，给了 ${given} 个。`,
  'device-lost': ({ reason }) =>
    `GPU 设备已丢失（${reason}）。运行已保存的内容完好：请重新加载；如果内存不足，请调小 microBatchTokens 或 numGenerations；然后从最后一个检查点继续。`,
  'gpu/no-webgpu': () =>
    '向浏览器请求 WebGPU，但没有 navigator.gpu。请使用新版 Chrome、Edge、Firefox 或 Safari，并通过 https 或 localhost 打开页面。',
  'gpu/engine-gone': () => '给出的引擎已被释放，或不是由 openEngine 打开的。请打开一个，或去掉 engine。',
  'gpu/does-not-fit': ({ need, proposals }, tell) =>
    `${'failed' in need ? tell(need.failed) : `这次运行大约需要 ${memoryWords(need)}：超过了这台设备能给的。`}${proposalWords(proposals)}`,
};
