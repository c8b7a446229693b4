#!/bin/sh
# The warm start with PyTorch: what `npm run pretrain` does, on a machine without a GPU. Needs python3 (or $PYTHON) with
# torch and numpy; resumable. Usage: [SEED=N] sh scripts/pretrain/warm-start.sh WORK_FOLDER MODEL_FOLDER
# MODEL_FOLDER is made with config and tokenizer of public/models/mailgym-tiny, if it isn't there.
set -eu
[ $# = 2 ] || { echo "Usage: [SEED=N] sh scripts/pretrain/warm-start.sh WORK_FOLDER MODEL_FOLDER" >&2; exit 2; }
work=$1
model=$2
mkdir -p "$model"
for file in config.json generation_config.json tokenizer.json tokenizer_config.json; do
  [ -f "$model/$file" ] || cp "public/models/mailgym-tiny/$file" "$model/"
done
[ -f "$work/plan/plan.json" ] ||
  node --import tsx scripts/pretrain.ts --plan "$work/plan" --architecture "$model" --seed "${SEED:-1}"
OMP_NUM_THREADS=1 "${PYTHON:-python3}" scripts/pretrain_torch.py --plan "$work/plan" --out "$work/run"
cp "$work/run/model.safetensors" "$model/"
cp "$work/run/log.jsonl" "$model/training-log.jsonl"
(cd "$model" && sha256sum model.safetensors tokenizer.json tokenizer_config.json config.json training-log.jsonl > SHA256SUMS)
