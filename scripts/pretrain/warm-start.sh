#!/bin/sh
# The warm start of public/models/mailgym-tiny, every stage in order. Needs python3 (or $PYTHON) with torch and numpy; resumable:
# a stage that has finished is not repeated, one that was cut goes on from its last checkpoint.
# Usage: sh scripts/pretrain/warm-start.sh [WORK_FOLDER [MODEL_FOLDER]]; the model folder holds config.json.
set -eu
work=${1:-.cache/warm-start}
model=${2:-public/models/mailgym-tiny}
mkdir -p "$work"
export OMP_NUM_THREADS=1

traces() { # traces FILE options...
  file=$work/$1
  shift
  [ -f "$file" ] || node --import tsx scripts/pretrain/traces.ts --tokenizer "$model" --out "$file" "$@"
}
stage() { # stage FOLDER options...
  folder=$work/$1
  shift
  [ -f "$folder/done" ] || "${PYTHON:-python3}" scripts/pretrain_torch.py --config "$model/config.json" --out "$folder" \
    --eval "$work/val.bin" --context 0 --batch 16 --every 100 "$@"
  touch "$folder/done"
}

node --import tsx scripts/tokenizer.ts --out "$model"
traces val.bin --kind clean --inboxes 12 --split validation --seed 7
traces multi0.bin --kind multi --inboxes 300 --first 0 --seed 200
traces multi1.bin --kind multi --inboxes 300 --first 300 --seed 200
traces clean.bin --kind clean --inboxes 500 --first 1000 --seed 200
traces flawed.bin --kind flawed --inboxes 150 --seed 300
traces clean-few.bin --kind clean --inboxes 28 --first 2700 --seed 200

stage 0-copy --stage copy --steps 90 --batch 24 --lr 0.02 --decay-from 0.6 --final 0.3
stage 1-traces --stage traces --init "$work/0-copy/model.safetensors" --data "$work/multi0.bin" "$work/multi1.bin" \
  --steps 2000 --stop 400 --lr 0.006 --decay-from 0.4 --final 0.05 --seed 11
stage 2-traces --stage traces --after "$work/1-traces" --data "$work/multi1.bin" \
  --steps 1200 --stop 700 --lr 0.003 --decay-from 0.4 --final 0.05 --seed 12
stage 3-clean --stage clean --after "$work/2-traces" --data "$work/clean.bin" \
  --steps 800 --lr 0.003 --decay-from 0.3 --final 0.03 --seed 13
stage 4-flawed --stage flawed --init "$work/3-clean/model.safetensors" --data "$work/flawed.bin" "$work/clean-few.bin" \
  --steps 80 --lr 0.002 --seed 21
cp "$work/4-flawed/model.safetensors" "$model/"
cat "$work"/?-*/log.jsonl > "$model/training-log.jsonl"
(cd "$model" && sha256sum model.safetensors tokenizer.json tokenizer_config.json config.json > SHA256SUMS)
