package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;

class KafkaClientSettingsTest {
  private static Map<String, Object> settings(RunSpec.Sasl sasl, RunSpec.Tls tls) {
    RunSpec.Kafka kafka = new RunSpec.Kafka("localhost:9", sasl, tls);
    return KafkaClientSettings.of(new RunSpec("run", "p1", kafka, 1, 512, 100, null, null));
  }

  @Test
  void namesTheSecurityProtocol() {
    RunSpec.Sasl sasl = new RunSpec.Sasl("SCRAM-SHA-512", "u", "p");
    RunSpec.Tls tls = new RunSpec.Tls(null, null, null, null);
    assertEquals("PLAINTEXT", settings(null, null).get("security.protocol"));
    assertEquals("SSL", settings(null, tls).get("security.protocol"));
    assertEquals("SASL_PLAINTEXT", settings(sasl, null).get("security.protocol"));
    assertEquals("SASL_SSL", settings(sasl, tls).get("security.protocol"));
    assertFalse(settings(null, tls).containsKey("ssl.engine.factory.class"));
  }

  @Test
  void aPasswordCannotBreakOutOfItsQuotes() {
    Map<String, Object> settings = settings(new RunSpec.Sasl("PLAIN", "us\"er", "p\\\"; evil=\"x"), null);
    assertEquals(
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"us\\\"er\""
            + " password=\"p\\\\\\\"; evil=\\\"x\";",
        settings.get("sasl.jaas.config"));
    new KafkaConsumer<>(settings).close();
  }

  @Test
  void theClientTakesSettingsWithoutVerification() {
    Map<String, Object> settings = settings(null, new RunSpec.Tls(null, null, null, false));
    assertEquals("", settings.get("ssl.endpoint.identification.algorithm"));
    new KafkaConsumer<>(settings).close();
  }

  @Test
  void traditionalKeysAreWrappedAndOthersLeftAlone() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    for (int bits : new int[] {1024, 2048}) {
      generator.initialize(bits);
      byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
      // SEQUENCE (4), version (3), algorithm (15), OCTET STRING (4), then the key in its traditional form.
      byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
      String wrapped = PemKeys.asPkcs8(pem("RSA PRIVATE KEY", pkcs1));
      String body = wrapped.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
      assertArrayEquals(pkcs8, Base64.getMimeDecoder().decode(body));
      assertEquals(pem("PRIVATE KEY", pkcs8), PemKeys.asPkcs8(pem("PRIVATE KEY", pkcs8)));
    }
  }

  private static String pem(String kind, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }
}
