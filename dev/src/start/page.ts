import { DEMO_KAFKA_RATE, type DemoFacts } from '../demo/provision.ts';

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

/** What both pages say of the place; `cluster` is where YARN is, if there is one. */
export interface PagePlace {
  readonly dataDir: string;
  /** How the command line tool is called here. */
  readonly penstock: string;
  readonly cluster: string | undefined;
  /** Signs in who administers the installation, once. */
  readonly signInLink: string;
}

/** The EnOS API's own sample of Cluster Mode, for a pipeline that runs: it goes on there with its state. */
export const clusterStart = (penstock: string, pipelineId: string): string =>
  `${penstock} pipelines pause ${pipelineId} --wait &&
  ${penstock} pipelines start ${pipelineId} --mode cluster --rate ${DEMO_KAFKA_RATE} --cu 1 --workers 2 --master 1 --slave 2 --wait \\
    --advanced spark.streaming.backpressure.enabled=true --advanced spark.driver.memoryOverhead=1000 \\
    --advanced spark.executor.memoryOverhead=800 --advanced spark.memory.fraction=0.8 \\
    --advanced spark.memory.storageFraction=0.7`;

const yarnLine = (cluster: string | undefined): string =>
  cluster === undefined ? '' : `\n  YARN             ${cluster}`;

/** What `npm start` ends with. */
export const demoPage = (facts: DemoFacts, status: string, more: PagePlace): string => {
  const [token, list, lag] = curlCalls(facts);
  return `${RULE}
Penstock is running: a wind farm sends its measurements, two pipelines work on them.

  Address          ${facts.baseUrl}      API reference: ${facts.baseUrl}/docs
  Sign in          ${more.signInLink}
                   (good once, within the hour; another one: ${more.penstock} users link)
  Organisation     ${facts.orgId}
  Access key       ${facts.accessKey}
  Secret key       ${facts.secretKey}
  Pipeline         ${facts.pipelineId} (${status})
  Worked example   ${facts.energyPipelineId} (Daily energy: docs/worked-example.md)
  Kafka            ${facts.kafkaBootstrapServers}${yarnLine(more.cluster)}
  Data and logs    ${more.dataDir}
${status === 'RUNNING' ? '' : `\nThe pipeline is ${status}. Start it: ${more.penstock} pipelines start ${facts.pipelineId}\n`}
Watch it work, in another terminal:

  ${more.penstock} status --watch
${more.cluster === undefined ? '' : `\nMove it to YARN (Cluster Mode); it goes on where it was:\n\n  ${clusterStart(more.penstock, facts.pipelineId)}\n`}
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

export const plainPage = (baseUrl: string, kafka: string, more: PagePlace): string => `${RULE}
Penstock is running, without the demo.

  Address          ${baseUrl}      API reference: ${baseUrl}/docs
  Sign in          ${more.signInLink}
                   (good once, within the hour; another one: ${more.penstock} users link)
  Administrator    the token in ${more.dataDir}/admin-token
  Kafka            ${kafka}${yarnLine(more.cluster)}
  Data and logs    ${more.dataDir}

An organisation to begin with:

  ${more.penstock} orgs create "My organisation"

Ctrl-C stops everything; npm start goes on where it was.
${RULE}
`;
