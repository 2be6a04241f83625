import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { similarName } from './similar-names.ts';

const known = ['conf.topic', 'conf.partitionStrategy', 'inputOutput', 'latency', 'deliveryGuarantee', 'by'];

test('finds what a misspelt name was meant to be', () => {
  for (const [name, meant] of [
    ['conf.topik', 'conf.topic'],
    ['conf.tpoic', 'conf.topic'],
    ['Conf_Topic', 'conf.topic'],
    ['kafkaConfigBean.topic', 'conf.topic'],
    ['inputOutputs', 'inputOutput'],
    ['latancy', 'latency'],
    ['deliveryGarantee', 'deliveryGuarantee'],
  ] as const)
    assert.equal(similarName(name, known), meant, name);
});

test('leaves names alone that are near to none', () => {
  for (const name of ['conf.topicWhiteList', 'title', 'partition', 'x', 'my', 'b', '', '.'])
    assert.equal(similarName(name, known), undefined, name);
});

test('takes any texts', () => {
  fc.assert(fc.property(fc.string(), fc.array(fc.string()), (name, names) => void similarName(name, names)));
});
