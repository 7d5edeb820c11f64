// Repeats the three tasks of the trial against a running console. README.md says how the console is started.
//   HAL9_ADDRESS=http://127.0.0.1:5080 HAL9_EMAIL=... HAL9_PASSWORD=... node trial.mjs
// CHROMIUM names a browser when Playwright has none of its own. The provider "fake" of the console is this script, on port 6111.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const { HAL9_ADDRESS: address = 'http://127.0.0.1:5080', HAL9_EMAIL: email, HAL9_PASSWORD: password, CHROMIUM: executablePath } = process.env;
if (!email || !password) throw new Error('Set HAL9_EMAIL and HAL9_PASSWORD.');

const sleep = ms => new Promise(done => setTimeout(done, ms));
const first = 'Compare tape and disk for keeping old mail', second = 'Count the tapes on the shelf';

function sample(schema, depth = 0) {
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object': return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([k, v]) => [k, sample(v, depth + 1)]));
    case 'array': {
      const item = sample(schema.items ?? {}, depth + 1);
      return depth < 3 ? [item, JSON.parse(JSON.stringify(item).replaceAll(first, second))] : [item];
    }
    case 'integer': return 1;
    case 'number': return 0.9;
    case 'boolean': return true;
    default: return first;
  }
}

// Fails on "please fail" and where an L2 neuron is to count the tapes; waits a minute on "take long".
const provider = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const json = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.method === 'GET') return json(200, { object: 'list', data: [{ id: 'good', object: 'model' }] });
  const ask = JSON.parse(body), text = JSON.stringify(ask.messages).toLowerCase();
  if (text.includes('please fail') || (text.includes('layer l2') && text.includes('count the tapes')))
    return json(500, { error: { message: 'The model crashed: out of memory', type: 'server_error' } });
  if (text.includes('take long')) await sleep(60_000);
  const schema = ask.response_format?.json_schema?.schema;
  const answer = schema ? JSON.stringify(sample(schema))
    : 'Tape is cheap to keep and slow to read. Disk is quick to read and costs power. For mail that nobody opens after two years, use tape; for the rest, use disk.';
  const input = text.length >> 2, output = answer.length >> 2;
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  const base = { id: 'c1', created: Math.floor(Date.now() / 1000), model: ask.model };
  if (!ask.stream)
    return json(200, { ...base, object: 'chat.completion', usage, choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }] });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = value => response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...value })}\n\n`);
  send({ choices: [{ index: 0, delta: { role: 'assistant', content: answer }, finish_reason: null }] });
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}).listen(6111, '127.0.0.1');

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

async function signIn() {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(address);
  await page.getByLabel('E-mail').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  await sleep(1000);
  return page;
}

async function ask(page, question, mode) {
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await page.getByPlaceholder('Ask for something').waitFor();
  await sleep(1000);
  if (mode) {
    await page.getByLabel(/^Mode:/).click();
    await page.locator('strong').filter({ hasText: mode }).first().click();
  }
  await page.getByPlaceholder('Ask for something').click();
  await page.keyboard.type(question);
  await page.keyboard.press('Enter');
}

async function shot(page, name) {
  await sleep(1200);
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, import.meta.url)) });
  console.log(name, new URL(page.url()).pathname);
}

try {
  // a. Why did the answer cost what it cost?
  let page = await signIn();
  await ask(page, 'Should we keep old mail on tape or on disk?');
  await page.getByText('Open run').waitFor();
  await shot(page, 'a1-answer');
  await page.getByText('Open run').click();
  await page.getByText('Prompt and bill').waitFor();
  await shot(page, 'a2-run');
  await page.getByText('Prompt and bill').click();
  await shot(page, 'a3-bill');

  // b. Which neuron failed, and why?
  const colleague = await signIn();
  await ask(colleague, 'Plan how we move the old tapes to the new archive', 'Deep');
  await colleague.getByText('The answer failed').waitFor({ timeout: 60_000 });
  page = await signIn();
  await shot(page, 'b1-dashboard');
  await page.getByText('Error rate').first().click();
  await shot(page, 'b2-failed-runs');
  await page.locator('main').getByText('Plan how we move the old tapes').first().click();
  await shot(page, 'b3-run');
  await page.locator('main').getByText(second).first().click();
  await sleep(1000);

  // c. Stop a run that is going on.
  await colleague.goto(address);
  await ask(colleague, 'Which mail may take long to move, and in which order do we move it?', 'Deep');
  await sleep(3000);
  page = await signIn();
  const text = await page.getByText(/^\d+ runs? at work/).first().boundingBox();
  await page.mouse.click(text.x + 20, text.y + 5);
  await shot(page, 'c1-at-work');
  const clear = page.locator('main').getByText('Clear the filters');
  if (await clear.count()) await clear.last().click();
  await sleep(1000);
  await page.locator('main').getByText('Which mail may take long').first().click();
  await page.getByText('Cancel the run').first().click();
  await shot(page, 'c2-cancel');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
  await shot(page, 'c3-cancelled');
} finally {
  await browser.close();
  provider.closeAllConnections();
  provider.close();
}
