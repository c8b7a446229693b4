"""What TRL makes of given rewards with `multi_objective_aggregation='normalize_then_sum'`, by its own method.

    python scripts/referee/trl_gdpo.py

Prints the advantages that src/grpo/advantages/normalize-then-sum.test.ts compares with.
"""

import collections
import types

import torch
from trl import GRPOTrainer
from trl_loss import OneProcess

# Per rollout, two groups of three: right or wrong, and how brief.
REWARDS = [[1, 100], [0, 300], [0, 200], [1, -5], [1, 5], [0, 40]]
WEIGHTS = [1, 0.5]


def main():
    trainer = object.__new__(GRPOTrainer)
    ids = [[1, 2] for _ in REWARDS]
    trainer.__dict__.update(
        accelerator=OneProcess(),
        model=types.SimpleNamespace(training=True, is_gradient_checkpointing=False),
        args=types.SimpleNamespace(
            per_device_train_batch_size=len(REWARDS),
            steps_per_generation=1,
            gradient_accumulation_steps=1,
            gradient_checkpointing_kwargs=None,
            report_to=[],
        ),
        environment_factories=None,
        environments=None,
        tools=None,
        pad_to_multiple_of=None,
        mask_truncated_completions=False,
        num_iterations=1,
        use_vllm=False,
        beta=0.0,
        num_generations=3,
        multi_objective_aggregation="normalize_then_sum",
        reward_weights=torch.tensor(WEIGHTS, dtype=torch.float64),
        reward_funcs=[None, None],
        reward_func_names=["right", "brief"],
        log_multimodal=False,
        _tokenizer=types.SimpleNamespace(pad_token_id=0),
        _metrics={"train": collections.defaultdict(list)},
        _logs=collections.defaultdict(list, rewards=collections.defaultdict(list)),
        _pending_extra_logs={},
        _pending_metrics={},
    )
    trainer._generate = lambda prompts: (ids, ids, None, ["" for _ in ids], None, {}, None, None)
    trainer._calculate_rewards = lambda *_: torch.tensor(REWARDS, dtype=torch.float64)
    output = trainer._generate_and_score_completions([{"prompt": ""} for _ in REWARDS])
    print(output["advantages"].tolist())


if __name__ == "__main__":
    main()
