/** Texts of the lesson about larger models. */
export const lessonReal = {
  steps: {
    memory: {
      title: 'How much memory?',
      text: 'The built-in model has 1.2 million weights. A small real one has 500 million. Its weights stay as they are; only an adapter beside them is trained.',
      ask: 'How much memory do the weights of the real one take, at 4 bytes each?',
      options: ['About 0.02 GB', 'About 2 GB', 'About 200 GB'],
      press: 'Run two small steps',
    },
    model: {
      title: 'Choose a model',
      text: 'The marked part of the page takes a model of yours: a GGUF file or a folder as the Hugging Face hub has them. Nothing is sent anywhere. A model from the hub is named in the setting “Model”, as in hub:HuggingFaceTB/SmolLM2-135M-Instruct, and is fetched when you press Train.',
    },
    changes: {
      title: 'What changes, and what does not',
      text: 'Mask, groups, advantages, clipping and KL stay as they are. A larger model takes smaller steps (a learning rate of 0.00001 to 0.0001), longer answers, and more memory for each token.',
      ask: 'A real model fails every single try at your task. What will GRPO learn?',
      options: ['It improves slowly', 'Nothing at all', 'It improves after many steps'],
    },
    own: {
      title: 'Your own task',
      text: 'A task is one file: questions, tools, a reward. Drop one on the marked part of the page, or begin with the example in docs/environments.md. Before you believe a result: compare several seeds, keep test questions apart, read conversations, and look for the hole in your reward.',
    },
  },
  memory: (of: { readonly all: string; readonly weights: string; readonly activations: string }) =>
    `Your run was planned with ${of.all} on the GPU: ${of.weights} for the weights, ${of.activations} for what is computed on the way, the rest for adapter and cache.`,
  scaled: (of: { readonly f32: string; readonly int4: string }) =>
    `500 million weights take ${of.f32}, or ${of.int4} when they are packed to about 5 bits each (setting “Base weights”).`,
  start:
    'All tries wrong means that all rewards are alike, so every group is dropped. That is why runs can begin with examples from an expert (a warm start), or with easier questions.',
};
