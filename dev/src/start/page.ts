import type { DemoFacts } from '../demo/provision.ts';

/** Three calls to paste into a shell: a token, a call with it as bearer, and a signed call. They are run as a test. */
export const curlCalls = (facts: DemoFacts): string[] => [
  `URL=${facts.baseUrl} ORG=${facts.orgId} KEY=${facts.accessKey} SECRET=${facts.secretKey} PIPELINE=${facts.pipelineId}
NOW=$(($(date +%s) * 1000 + RANDOM % 1000))
TOKEN=$(curl -s "$URL/apim-token-service/v2.0/token/get" -H 'Content-Type: application/json' -d '{"appKey":"'$KEY'","timestamp":'$NOW',"encryption":"'$(printf %s "$KEY$NOW$SECRET" | sha256sum | cut -c1-64)'"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/'); echo "$TOKEN"`,
  `curl -s "$URL/streaming/v2.0/streaming/pipelines?orgId=$ORG&ifReleased=true" -H "Authorization: Bearer $TOKEN"; echo`,
  `NOW=$(($(date +%s) * 1000)); SIGNATURE=$(printf %s "\${TOKEN}orgId$ORG$NOW$SECRET" | sha256sum | cut -c1-64)
curl -s "$URL/streaming/v2.0/streaming/pipeline/$PIPELINE/offset-lag?orgId=$ORG" -H "apim-accesstoken: $TOKEN" -H "apim-timestamp: $NOW" -H "apim-signature: $SIGNATURE"; echo`,
];

const RULE = '─'.repeat(78);

/** What `npm start` ends with. */
export const demoPage = (facts: DemoFacts, status: string, more: { dataDir: string; penstock: string }): string => {
  const [token, list, lag] = curlCalls(facts);
  return `${RULE}
Penstock is running: a wind farm sends its measurements, a pipeline works on them.

  Address          ${facts.baseUrl}      API reference: ${facts.baseUrl}/docs
  Organisation     ${facts.orgId}
  Access key       ${facts.accessKey}
  Secret key       ${facts.secretKey}
  Pipeline         ${facts.pipelineId} (${status})
  Kafka            ${facts.kafkaBootstrapServers}
  Data and logs    ${more.dataDir}
${status === 'RUNNING' ? '' : `\nThe pipeline is ${status}. Start it: ${more.penstock} pipelines start ${facts.pipelineId}\n`}
Watch it work, in another terminal:

  ${more.penstock} status --watch

Three calls of the EnOS API, to paste into a shell one after the other:

1. an access token, good for two hours
${token}

2. the released pipelines, with the token
${list}

3. how far the pipeline has read (a sample every 15 seconds), signed as EnOS clients do
${lag}

Ctrl-C stops everything; npm start goes on where it was.
${RULE}
`;
};

export const plainPage = (
  baseUrl: string,
  kafka: string,
  more: { dataDir: string; penstock: string },
): string => `${RULE}
Penstock is running, without the demo.

  Address          ${baseUrl}      API reference: ${baseUrl}/docs
  Administrator    the token in ${more.dataDir}/admin-token
  Kafka            ${kafka}
  Data and logs    ${more.dataDir}

An organisation to begin with:

  ${more.penstock} orgs create "My organisation"

Ctrl-C stops everything; npm start goes on where it was.
${RULE}
`;
