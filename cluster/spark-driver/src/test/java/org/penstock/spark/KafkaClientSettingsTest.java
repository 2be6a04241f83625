package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;

class KafkaClientSettingsTest {
  private static Map<String, Object> settings(RunSpec.Sasl sasl, RunSpec.Tls tls) {
    RunSpec.Kafka kafka = new RunSpec.Kafka("localhost:9", sasl, tls);
    return KafkaClientSettings.of(new RunSpec(1, "run", "p1", kafka, 1, 512, 100, null, null));
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

  @Test
  void traditionalKeysOfCurvesAreWrapped() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    for (String curve : new String[] {"secp256r1", "secp384r1", "secp521r1"}) {
      generator.initialize(new ECGenParameterSpec(curve));
      ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();
      String wrapped = PemKeys.asPkcs8(pem("EC PRIVATE KEY", sec1(key)));
      String body = wrapped.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
      byte[] pkcs8 = Base64.getMimeDecoder().decode(body);
      ECPrivateKey read = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      assertEquals(key.getS(), read.getS());
      assertEquals(key.getParams().getCurve(), read.getParams().getCurve());
    }
  }

  @Test
  void keysThatCannotBeUsedAreRefusedInWords() {
    assertTrue(refusal("no key").contains("(KAFKA_TLS_KEY) cannot be used: it holds no private key in PEM form."));
    assertTrue(refusal(pem("ENCRYPTED PRIVATE KEY", new byte[9])).contains("encrypted; give it without a passphrase"));
    assertTrue(refusal(pem("OPENSSH PRIVATE KEY", new byte[9])).contains("\"OPENSSH PRIVATE KEY\" are not known"));
    assertTrue(refusal(pem("EC PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1})).contains("does not name its curve"));
  }

  private static String refusal(String key) {
    return assertThrows(SslAuthenticationException.class, () -> PemKeys.asPkcs8(key)).getMessage();
  }

  /** As OpenSSL writes it (RFC 5915), without the public key. */
  private static byte[] sec1(ECPrivateKey key) {
    byte[] pkcs8 = key.getEncoded();
    // SEQUENCE, version, SEQUENCE { ecPublicKey, curve }, OCTET STRING { SEC 1 without curve }.
    int algorithm = pkcs8[1] == (byte) 0x81 ? 6 : 5;
    byte[] curve = Arrays.copyOfRange(pkcs8, algorithm + 11, algorithm + 2 + pkcs8[algorithm + 1]);
    byte[] inner = Arrays.copyOfRange(pkcs8, algorithm + 2 + pkcs8[algorithm + 1] + 2, pkcs8.length);
    ByteBuffer whole = ByteBuffer.allocate(inner.length + curve.length + 2).put(inner);
    whole.put((byte) 0xa0).put((byte) curve.length).put(curve);
    whole.put(1, (byte) (whole.capacity() - 2));
    return whole.array();
  }

  private static String pem(String kind, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }
}
