import type { PageTexts } from '../catalogue';

export const lasting: PageTexts['lasting'] = {
  title: '这个浏览器不为本页面保存任何内容',
  why: '它拒绝向本页面提供存储，在无痕窗口或其他网站的框架里就会这样。训练仍可进行，只是一切都在内存里：关闭页面后，运行、导入的邮件和下载的模型都会消失。',
  remedy: '离开之前，请把运行存成文件（在“运行”或“适配器与存储”里），或者在单独的窗口中打开本页面。',
  elsewhere: '在单独的窗口中打开',
};
