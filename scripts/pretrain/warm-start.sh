#!/bin/sh
# The warm start of public/models/mailgym-tiny, every stage in order. Needs python3 (or $PYTHON) with torch and numpy; resumable:
# a stage that has finished is not repeated, one that was cut goes on from its last checkpoint.
# Usage: [SEED=N] sh scripts/pretrain/warm-start.sh WORK_FOLDER MODEL_FOLDER
# MODEL_FOLDER is made, if it isn't there, with config and tokenizer of public/models/mailgym-tiny. SEED (default 0, the
# shipped weights) moves the seeds of all training traces and stages; held-out traces stay.
set -eu
[ $# = 2 ] || { echo "Usage: [SEED=N] sh scripts/pretrain/warm-start.sh WORK_FOLDER MODEL_FOLDER" >&2; exit 2; }
work=$1
model=$2
seed=${SEED:-0}
mkdir -p "$work" "$model"
for file in config.json generation_config.json tokenizer.json tokenizer_config.json; do
  [ -f "$model/$file" ] || cp "public/models/mailgym-tiny/$file" "$model/"
done
export OMP_NUM_THREADS=1

traces() { # traces FILE SEED options...
  file=$work/$1
  own=$2
  shift 2
  [ -f "$file" ] || node --import tsx scripts/pretrain/traces.ts --tokenizer "$model" --out "$file" --seed "$own" "$@"
}
stage() { # stage FOLDER SEED options...
  folder=$work/$1
  own=$2
  shift 2
  [ -f "$folder/done" ] || "${PYTHON:-python3}" scripts/pretrain_torch.py --config "$model/config.json" --out "$folder" \
    --eval "$work/val.bin" --context 0 --batch 16 --every 100 --seed "$own" "$@"
  touch "$folder/done"
}
clean=$((200 + 1000 * seed))
flawed=$((300 + 1000 * seed))

traces val.bin 7 --kind clean --inboxes 12 --split validation
traces multi0.bin $clean --kind multi --inboxes 300 --first 0
traces multi1.bin $clean --kind multi --inboxes 300 --first 300
traces clean.bin $clean --kind clean --inboxes 500 --first 1000
traces flawed.bin $flawed --kind flawed --inboxes 150
traces clean-few.bin $clean --kind clean --inboxes 28 --first 2700

stage 0-copy $((1 + 1000 * seed)) --stage copy --steps 90 --batch 24 --lr 0.02 --decay-from 0.6 --final 0.3
stage 1-traces $((11 + 1000 * seed)) --stage traces --init "$work/0-copy/model.safetensors" \
  --data "$work/multi0.bin" "$work/multi1.bin" --steps 2000 --stop 400 --lr 0.006 --decay-from 0.4 --final 0.05
stage 2-traces $((12 + 1000 * seed)) --stage traces --after "$work/1-traces" --data "$work/multi1.bin" \
  --steps 1200 --stop 700 --lr 0.003 --decay-from 0.4 --final 0.05
stage 3-clean $((13 + 1000 * seed)) --stage clean --after "$work/2-traces" --data "$work/clean.bin" \
  --steps 800 --lr 0.003 --decay-from 0.3 --final 0.03
stage 4-flawed $((21 + 1000 * seed)) --stage flawed --init "$work/3-clean/model.safetensors" \
  --data "$work/flawed.bin" "$work/clean-few.bin" --steps 80 --lr 0.002
cp "$work/4-flawed/model.safetensors" "$model/"
cat "$work"/?-*/log.jsonl > "$model/training-log.jsonl"
(cd "$model" && sha256sum model.safetensors tokenizer.json tokenizer_config.json config.json > SHA256SUMS)
