import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressRules } from './address-rules.ts';
import { postGuarded } from './guarded-post.ts';
import { outboundUrl } from './guarded-request.ts';

const INSIDE = [
  ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
  ...['224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1', '240.0.0.1', '::', '::1', 'fe80::1', 'fc00::1'],
  ...['fec0::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ...['2001:0:1::1', '2001:db8::1', 'not-an-address', ''],
];

test('public addresses may be called; none of this machine, of private networks, or that leads to those', () => {
  const rules = createAddressRules([]);
  for (const address of INSIDE) assert.equal(rules.allows(address), false, address);
  for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])
    assert.equal(rules.allows(address), true, address);
});

test('the administrator can allow networks, and only those', () => {
  const rules = createAddressRules(['10.1.0.0/16', '127.0.0.1/32', 'fd00::/8']);
  for (const address of ['10.1.2.3', '127.0.0.1', '::ffff:10.1.2.3', 'fd12::1'])
    assert.ok(rules.allows(address), address);
  for (const address of ['10.2.0.1', '127.0.0.2', 'fc00::1']) assert.ok(!rules.allows(address), address);
});

test('only http and https, and nobody’s password', () => {
  assert.equal(outboundUrl('https://example.org/a?b').href, 'https://example.org/a?b');
  for (const url of ['ftp://example.org', 'file:///etc/passwd', 'example.org', '', 'https://u:p@example.org'])
    assert.throws(() => outboundUrl(url), { code: 'OUTBOUND_URL_INVALID' }, url);
});

const post = (url: string, addresses: readonly string[] = []) =>
  postGuarded(
    { url, body: '', headers: {} },
    {
      rules: createAddressRules([]),
      timeoutMs: 1000,
      maxAnswerBytes: 10,
      // biome-ignore lint/suspicious/noExplicitAny: one of the many forms of `lookup` is used
      lookup: ((_name: string, _options: unknown, done: (...answer: any[]) => void) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )) as never,
    },
  );

test('an address is refused however it is written, and whatever name stands for it', async () => {
  const urls = [
    'http://127.0.0.1:1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
  ];
  for (const url of urls) await assert.rejects(post(url), { code: 'OUTBOUND_ADDRESS_REFUSED' }, url);
  await assert.rejects(post('http://inside.example/', ['127.0.0.1', '::1']), { code: 'OUTBOUND_ADDRESS_REFUSED' });
  await assert.rejects(post('https://inside.example/', ['169.254.169.254']), { code: 'OUTBOUND_ADDRESS_REFUSED' });
});
