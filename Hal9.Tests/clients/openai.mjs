// The official OpenAI client against the console, with nothing but a base URL and a key. Prints one JSON object: a member per scenario.
import OpenAI from 'openai';

const [model, wrongModel] = process.argv.slice(2);
const client = new OpenAI({ baseURL: process.env.HAL9_BASE_URL, apiKey: process.env.HAL9_API_KEY, maxRetries: 0 });
const messages = [{ role: 'user', content: 'Say something about tea.' }];

async function errorOf(call) {
  try {
    await call();
    return { kind: 'none' };
  } catch (error) {
    return {
      kind: error.constructor.name, status: error.status, type: error.type, code: error.code, message: error.message,
      requestId: error.requestID, retryAfter: error.headers?.get('retry-after') ?? null,
    };
  }
}

const scenarios = {
  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    return ids;
  },

  async chat() {
    const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
    return {
      id: data.id, object: data.object, model: data.model, content: data.choices[0].message.content, finish: data.choices[0].finish_reason,
      usage: data.usage, run: response.headers.get('x-hal9-run-id'), cost: response.headers.get('x-hal9-cost-usd'),
      provenance: response.headers.get('x-hal9-provenance'),
    };
  },

  async stream() {
    const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
    const seen = { ids: [], content: '', chunks: 0, roles: 0, finish: [], usage: null, usageOnLastOnly: true, hal9: null };
    for await (const chunk of stream) {
      seen.chunks += 1;
      if (!seen.ids.includes(chunk.id)) seen.ids.push(chunk.id);
      if (seen.usage) seen.usageOnLastOnly = false;
      const choice = chunk.choices[0];
      if (choice?.delta?.role) seen.roles += 1;
      seen.content += choice?.delta?.content ?? '';
      if (choice?.finish_reason) seen.finish.push(choice.finish_reason);
      if (chunk.usage) {
        seen.usage = chunk.usage;
        seen.hal9 = chunk.hal9 ?? null;
        if (chunk.choices.length !== 0) seen.usageOnLastOnly = false;
      }
    }
    return seen;
  },

  helper: async () => (await client.chat.completions.stream({ model, messages }).finalChatCompletion()).choices[0].message.content,
  unknownModel: () => errorOf(() => client.chat.completions.create({ model: wrongModel, messages })),
  wrongKey: () => errorOf(() => new OpenAI({ baseURL: process.env.HAL9_BASE_URL, apiKey: 'hal9_wrong', maxRetries: 0 }).chat.completions.create({ model, messages })),
  badRequest: () => errorOf(() => client.chat.completions.create({ model, messages: [] })),
  streamError: () => errorOf(async () => {
    for await (const _ of await client.chat.completions.create({ model: wrongModel, messages, stream: true })) { /* read to its end */ }
  }),
  budget: () => errorOf(() => client.chat.completions.create({ model, messages })),
};

const report = {};
for (const name of (process.env.HAL9_SCENARIOS ?? Object.keys(scenarios).join()).split(',')) report[name] = await scenarios[name]();
console.log(JSON.stringify(report));
