"""Trains with TRL's GRPOTrainer on an environment that MailGym serves.

Tasks, sessions and tools come by the Open Reward Standard (`OpenRewardSpec`). Turns go to the server as the tokens that were
sampled, so that calls are read, results cut to the context, episodes ended and rewards computed where MailGym does it for
its own rollouts. README.md beside this file tells how to start it.
"""

import argparse
import json
import os
import urllib.error
import urllib.request
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer
from trl.chat_template_utils import add_response_schema
from trl.experimental.openreward import OpenRewardSpec

HERE = Path(__file__).resolve().parent


def ask(url, path, session, body=None):
    """The server's JSON answer; what it refuses is raised in its words."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/{path}", data, {"X-Session-ID": session})
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}/{path}: {json.load(error)['detail']}") from None


class Rollout:
    """What one environment of TRL's pool adds to TRL's own class for the standard: turns in tokens, and the outcome."""

    def reset(self, *, task_index, **_):
        super().reset(task_index=task_index)
        self._task = task_index
        self._opening = ask(self._url, "opening", self._session.sid)
        self._played = 0  # tokens of the completion that the server knows
        self._continuation = []  # those that must stand before the next turn
        self._results = []
        self._outcome = None
        self._ended_at = None  # tokens of the completion when the episode ended
        self._shown = []
        # The prompt is the row's; TRL appends nothing to it.

    def _send(self, completion_ids):
        """Plays what was sampled since the last turn; what was sent before, or comes after the end, is not sent."""
        start = self._played + len(self._continuation)
        if self._outcome is not None or len(completion_ids) <= start:
            return
        if completion_ids[self._played : start] != self._continuation:
            if not self._results:
                raise RuntimeError(
                    "TRL writes tool results in other tokens than MailGym: "
                    f"{completion_ids[self._played : start]} instead of {self._continuation}."
                )
            # TRL could not run a call of that turn, and told the policy so: from here on the two would part.
            self._end()
            return
        answer = ask(self._url, "turn", self._session.sid, {"ids": completion_ids[start:]})
        self._played = len(completion_ids)
        self._continuation = answer["continuation"] or []
        self._results = [result["content"] for result in answer["results"]]
        self._shown.extend(self._results)
        self._take(answer["outcome"])

    def _end(self):
        if self._outcome is None:
            self._take(ask(self._url, "end", self._session.sid, {})["outcome"])

    def _take(self, outcome):
        if outcome is not None and self._outcome is None:
            self._outcome = outcome
            self._ended_at = self._played

    def _result(self, **_):
        """Of the next call of the turn that was sent. After the end of the episode there is nothing to tell."""
        return self._results.pop(0) if self._results else ""

    def _finish(self, completion_ids):
        """TRL is done with the rollout."""
        self._send(completion_ids)
        self._end()
        self.reward = self._outcome["reward"]


class Calls(dict):
    """The tools of one rollout. Any name is answered, so that the server says what is wrong with a call."""

    def __init__(self, environment, completions, index):
        super().__init__()
        self.environment, self.completions, self.index = environment, completions, index

    def __contains__(self, name):
        # TRL looks a call's name up before it runs the call: the turn is then at the end of the completion.
        self.environment._send(self.completions[self.index])
        return True

    def __getitem__(self, name):
        return self.environment._result


class Trainer(GRPOTrainer):
    """Shows the server what TRL samples; what comes after an episode's end is not trained."""

    def _tokenize_prompts(self, prompts):
        answer = super()._tokenize_prompts(prompts)
        for ids, environment in zip(answer[0], self.environments, strict=True):
            wanted = environment._opening["prompt_ids"]
            if list(ids) != wanted and not self.other_prompts:
                raise RuntimeError(
                    "TRL writes the prompt in other tokens than MailGym (--other-prompts goes on all the same):\n"
                    f"{self._tokenizer.decode(ids)!r}\n{self._tokenizer.decode(wanted)!r}"
                )
        return answer

    def _tool_call_loop(self, prompts, prompt_ids, completion_ids, *others):
        # The loop replaces the entries of this very list, so that a call sees its turn at the end of its entry.
        self._sync_tool_dicts = [Calls(one, completion_ids, i) for i, one in enumerate(self.environments)]
        return super()._tool_call_loop(prompts, prompt_ids, completion_ids, *others)

    def _generate(self, prompts):
        answer = super()._generate(prompts)
        prompt_ids, completion_ids, tool_mask, completions = answer[:4]
        for i, environment in enumerate(self.environments):
            environment._finish(completion_ids[i])
            end = environment._ended_at
            if tool_mask is not None:
                tool_mask[i][end:] = [0] * (len(tool_mask[i]) - end)
            if self.record is not None:
                line = {
                    "task": environment._task,
                    "prompt_ids": list(prompt_ids[i]),
                    "completion_ids": list(completion_ids[i]),
                    "results": environment._shown,
                    "messages": completions[i],
                    "outcome": environment._outcome,
                }
                self.record.write(json.dumps(line) + "\n")
                self.record.flush()
        return answer


def rewards(environments, log_metric=None, **_):
    """Of the ended episodes; TRL leaves out those that could not be scored."""
    outcomes = [environment._outcome for environment in environments]
    verdicts = [float(one["success"]) for one in outcomes if one["success"] is not None]
    if log_metric is not None and verdicts:
        log_metric("success", sum(verdicts) / len(verdicts))
    return [environment.reward for environment in environments]


def environment_factory(spec, url):
    """TRL's own environments, with what `Rollout` adds."""
    make = spec.environment_factory
    kind = type("Environment", (Rollout, type(make())), {"_url": url})

    def factory():
        environment = make()
        environment.__class__ = kind
        return environment

    return factory


def tool_schemas(spec):
    """As MailGym writes them into prompts; TRL would make others of the methods' signatures."""
    names = ("name", "description")
    return [
        {"type": "function", "function": {**{k: getattr(t, k) for k in names}, "parameters": t.input_schema}}
        for t in spec._discovered_tool_specs(spec._sdk_env)
    ]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--server", default=os.environ.get("MAILGYM_SERVER", "http://127.0.0.1:8765"))
    words.add_argument("--output", default=str(HERE / "output"))
    words.add_argument("--steps", type=int, help="fewer than the run's")
    words.add_argument("--micro", type=int, help="rollouts of one process in one pass; default: all of its share")
    words.add_argument("--fresh", action="store_true", help="begin with a new adapter instead of adapter/")
    words.add_argument("--vllm", action="store_true", help="sample with vLLM, in the same processes (CUDA)")
    words.add_argument("--other-prompts", action="store_true", help="go on where TRL renders prompts otherwise")
    words.add_argument("--record", help="file that gets a line for every rollout; one for each process")
    given = words.parse_args()

    run = json.loads((HERE / "run.json").read_text(encoding="utf-8"))
    model_name = str(HERE / run["model"]) if (HERE / run["model"]).is_dir() else run["model"]
    cuda = torch.cuda.is_available()
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    if getattr(tokenizer, "response_template", None) is None:
        try:
            add_response_schema(tokenizer)
        except ValueError:
            if run["response_template"] is None:
                raise
            tokenizer.response_template = run["response_template"]

    # The package would otherwise look for the hosts sessions.127.0.0.1 and api.127.0.0.1.
    os.environ["OPENREWARD_SESSION_URL"] = os.environ["OPENREWARD_API_URL"] = given.server
    spec = OpenRewardSpec(given.server)
    tasks = spec.train_dataset
    # Tasks in the order of MailGym's own run, so that nothing is left to shuffle.
    data = tasks.remove_columns("prompt").rename_column("messages", "prompt").select(run["order"])

    processes = int(os.environ.get("WORLD_SIZE", "1"))
    share, rest = divmod(run["rollouts"], processes)
    micro = given.micro or share
    if rest or share % micro:
        words.error(f"{run['rollouts']} rollouts a step cannot be shared by {processes} processes, {micro} at a time.")
    schemas = tool_schemas(spec)
    template = {"tools": schemas or None, "add_generation_prompt": True, **run["chat_template_kwargs"]}
    longest = max(
        len(tokenizer.apply_chat_template(prompt, tokenize=True, return_dict=False, **template))
        for prompt in data.select(range(min(len(data), 256)))["prompt"]
    )
    config = GRPOConfig(
        output_dir=given.output,
        max_steps=given.steps or run["steps"],
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=share // micro,
        max_completion_length=run["context"] - longest,
        max_tool_calling_iterations=run["turns"] - 1,
        shuffle_dataset=False,
        chat_template_kwargs=run["chat_template_kwargs"],
        use_cpu=not cuda,
        bf16=cuda and torch.cuda.is_bf16_supported(),
        gradient_checkpointing=cuda,
        use_vllm=given.vllm,
        **({"vllm_mode": "colocate", "vllm_max_model_length": run["context"]} if given.vllm else {}),
        logging_steps=1,
        report_to="none",
        **run["grpo"],
    )
    model = AutoModelForCausalLM.from_pretrained(model_name, dtype=torch.bfloat16 if cuda else torch.float32)
    adapter = None if given.fresh or run["adapter"] is None else HERE / run["adapter"]
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    lora = LoraConfig(**run["lora"], task_type="CAUSAL_LM") if adapter is None else None

    trainer = Trainer(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=tokenizer,
        reward_funcs=rewards,
        environment_factory=environment_factory(spec, given.server),
        peft_config=lora,
    )
    trainer._env_tools = {None: schemas}
    trainer.other_prompts = given.other_prompts
    rank = os.environ.get("RANK", "0")
    trainer.record = open(f"{given.record}.{rank}", "w", encoding="utf-8") if given.record else None
    trainer.train()
    trainer.save_model(str(Path(given.output) / "final"))
    if trainer.accelerator.is_main_process:
        print(f"Written to {given.output}/final: an adapter for npm run evaluate -- --adapter.")


if __name__ == "__main__":
    main()
