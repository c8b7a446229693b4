/**
 * Simplified Chinese. Written for Chinese readers, not word by word. Full-width punctuation; a space between Chinese and
 * Latin words or digits, none beside punctuation; 你, not 您. Names of settings in code, of files and of values stay as
 * they are.
 *
 * Words that are the same everywhere:
 * reinforcement learning 强化学习 · policy 策略 · environment 环境 · task 任务 · episode 回合 · turn 轮 · rollout 采样轨迹 ·
 * trajectory 轨迹 · group 组 · reward 奖励 · advantage 优势 · mask 掩码 · token 词元 · log-prob 对数概率 · ratio 概率比 ·
 * clip 裁剪 · entropy 熵 · KL divergence KL 散度 · nat 奈特 · loss 损失 · objective 目标函数 · gradient 梯度 · step 步 · batch 批次 ·
 * micro-batch 微批次 · learning rate 学习率 · warm-up 预热 · warm start 热启动 · expert 专家 · curriculum 课程 · seed 随机种子 ·
 * preset 预设 · setting 设置 · adapter 适配器 · checkpoint 检查点 · resume 断点续训 · weights 权重 · prompt 提示词 ·
 * tool call 工具调用 · context 上下文 · chat template 对话模板 · tokenizer 分词器 · vocabulary 词表 · evaluation 评测 ·
 * accuracy 准确率 · baseline 基线 · question 问题 (test question 测试题) · split 划分 · dataset 数据集 · run 运行 · inbox 收件箱 ·
 * key/value cache 键值缓存 · activations 激活值 · tensor 张量 · buffer 缓冲区.
 */
import type { WholeCatalogue } from '../catalogue';
import { errors } from './errors';
import { format } from './format';
import { help } from './help';
import { page } from './page';

export const chinese: WholeCatalogue = { page, errors, help, format };
