#!/usr/bin/env python3
"""Steps of TRL's GRPOTrainer with tools on the CPU, driven by lines of JSON: the peer of the rows `trl/...`.

The first line read is the task: folder of the model, ids of the prompts, ids that follow every turn but the last, tokens
of a turn, rollouts of a prompt, rank and targets of the adapter. Then `{"do": "score", "ids": [...]}` asks for log-probs of
a sequence under the model as it is, and `{"do": "step"}` for one step of training. Every answer is one line.

The trainer is TRL's own, with its tool loop, its padding, its loss and `generate()` of transformers. What is given to it is
what the other side has: token ids of prompts and of tool results (their templates differ), and that every turn but the
last calls a tool, because random text does not. Tokens are sampled, as many in every turn as the task says.
"""
import json
import os
import sys
import time

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
import trl
import trl.trainer.grpo_trainer as grpo
from trl import GRPOConfig, GRPOTrainer

OUT = os.fdopen(os.dup(1), 'w')
sys.stdout = sys.stderr  # libraries print


def tell(message):
    OUT.write(json.dumps(message) + '\n')
    OUT.flush()


def told():
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    return json.loads(line)


class Clock:
    """Wall and CPU milliseconds; CPU is of all threads of the process."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self):
        return {'wall': 1e3 * (time.perf_counter() - self.wall), 'cpu': 1e3 * (time.process_time() - self.cpu)}


class Counts:
    """Tokens that went through the layers, padding included: without gradients, and with them."""

    def __init__(self):
        self.forward = self.trained = 0

    def hook(self, _module, args, kwargs):
        rows = kwargs.get('input_ids')
        rows = kwargs.get('inputs_embeds')[..., 0] if rows is None else rows
        if torch.is_grad_enabled():
            self.trained += rows.numel()
        else:
            self.forward += rows.numel()


class Trainer(GRPOTrainer):
    """Prompts and results as ids; phases timed."""

    task: dict
    phases: dict

    def _tokenize_prompts(self, prompts):
        return [list(self.task['prompts'][int(p[-1]['content'])]) for p in prompts], None, {}

    def _get_tool_suffix_ids(self, tool_messages):
        question, turn = json.loads(tool_messages[-1]['content'])
        return list(self.task['results'][question][turn])

    def _generate(self, prompts):
        clock = Clock()
        try:
            return super()._generate(prompts)
        finally:
            self.phases['sampling'] = clock.read()

    def _generate_and_score_completions(self, inputs):
        clock = Clock()
        try:
            return super()._generate_and_score_completions(inputs)
        finally:
            whole, sampling = clock.read(), self.phases['sampling']
            self.phases['scoring'] = {k: whole[k] - sampling[k] for k in whole}


def caller(task):
    """Stands for TRL's parser: the call of the turn that ends with `ids`, by what came before it."""
    prompts = [tuple(p) for p in task['prompts']]
    places = [
        {
            len(p) + turn * task['turnTokens'] + sum(len(r) for r in task['results'][q][:turn]): turn
            for turn in range(len(task['results'][q]) + 1)
        }
        for q, p in enumerate(prompts)
    ]

    def parse(_tokenizer, ids, prefix=None, tools=None):
        question = next(q for q, p in enumerate(prompts) if tuple(prefix[: len(p)]) == p)
        turn = places[question][len(prefix)]
        message = {'role': 'assistant', 'content': ''}
        if turn < len(task['results'][question]):
            arguments = {'question': question, 'turn': turn}
            message['tool_calls'] = [{'type': 'function', 'function': {'name': 'look_up', 'arguments': arguments}}]
        return message

    return parse


def look_up(question: int, turn: int) -> str:
    """
    Looks something up.

    Args:
        question: Which question.
        turn: Which turn.

    Returns:
        What was found.
    """
    return json.dumps([question, turn])


class Driver(TrainerCallback):
    """Waits for a word before every step, and tells what it took."""

    def __init__(self, counts):
        self.counts, self.trainer, self.clock = counts, None, None

    def on_step_begin(self, args, state, control, **kwargs):
        while (wanted := told())['do'] == 'score':
            tell({'logprobs': score(self.trainer.model, wanted['ids'])})
        self.counts.forward = self.counts.trained = 0
        self.clock = Clock()

    def on_step_end(self, args, state, control, **kwargs):
        whole, phases = self.clock.read(), self.trainer.phases
        before = [phases.get(name, {'wall': 0, 'cpu': 0}) for name in ('sampling', 'scoring')]
        phases['update'] = {k: whole[k] - sum(p[k] for p in before) for k in whole}
        tell({
            **whole,
            'phases': phases,
            'forwardTokens': self.counts.forward,
            'trainedTokens': self.counts.trained,
            'gradNorm': float(self.trainer.gradient_norm),
        })
        self.trainer.phases = {}


@torch.no_grad()
def score(model, ids):
    rows = torch.tensor([ids])
    logits = model.base_model.model(input_ids=rows).logits[0, :-1]
    return [0.0] + torch.log_softmax(logits, -1).gather(1, rows[0, 1:, None])[:, 0].tolist()


def main():
    task = told()
    tokenizer = AutoTokenizer.from_pretrained(task['model'])
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    templates = os.path.join(os.path.dirname(trl.__file__), 'chat_templates')
    multi = any(task['results'])
    if multi:
        # TRL refuses SmolLM2's own template, which knows no tools; ids of ours are used, so any known one serves.
        with open(os.path.join(templates, 'qwen2_5_training.jinja')) as file:
            tokenizer.chat_template = file.read()
        tokenizer.response_template = getattr(tokenizer, 'response_template', None) or {'start_anchor': ''}
        grpo.parse_response = caller(task)
    model = AutoModelForCausalLM.from_pretrained(task['model'], dtype=torch.float32)
    turns = 1 + max(len(r) for r in task['results'])
    completion = turns * task['turnTokens'] + max(sum(map(len, r)) for r in task['results'])
    rollouts = task['rollouts'] * len(task['prompts'])
    # A divisor, or TRL would leave the rest out of the step.
    batch = next(b for b in range(min(task['batch'], rollouts), 0, -1) if rollouts % b == 0)
    counts = Counts()
    driver = Driver(counts)
    trainer = Trainer(
        model=model,
        reward_funcs=lambda completions, **_: [float(i % 2) for i in range(len(completions))],
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(
            [{'prompt': [{'role': 'user', 'content': str(i)}]} for i in range(len(task['prompts']))]
        ),
        args=GRPOConfig(
            output_dir=task['scratch'],
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=rollouts // batch,
            num_generations=task['rollouts'],
            max_completion_length=completion,
            beta=0.0,
            temperature=1.0,
            top_k=0,
            learning_rate=task['learningRate'],
            lr_scheduler_type='constant',
            max_grad_norm=task['maxGradNorm'],
            max_steps=1_000_000,
            save_strategy='no',
            logging_strategy='no',
            report_to='none',
            disable_tqdm=True,
        ),
        peft_config=LoraConfig(
            r=task['rank'], lora_alpha=task['alpha'], target_modules=task['targets'], task_type='CAUSAL_LM'
        ),
        callbacks=[driver],
        **({'tools': [look_up]} if multi else {}),
    )
    trainer.task, trainer.phases, driver.trainer = task, {}, trainer
    trainer.generation_config.max_new_tokens = task['turnTokens']
    trainer.generation_config.min_new_tokens = task['turnTokens']
    clip = trainer.accelerator.clip_grad_norm_

    def clipped(*args, **kwargs):
        trainer.gradient_norm = clip(*args, **kwargs)
        return trainer.gradient_norm

    trainer.accelerator.clip_grad_norm_ = clipped
    # The layers, below the head: the one module that every pass goes through once.
    layers = trainer.model.base_model.model.model
    layers.register_forward_pre_hook(counts.hook, with_kwargs=True)
    tell({'ready': {'trl': trl.__version__, 'torch': torch.__version__, 'threads': torch.get_num_threads()}})
    trainer.train()


main()
