package org.penstock.spark;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.SslAuthenticationException;

/**
 * Private keys as OpenSSL writes them by tradition (`RSA PRIVATE KEY`, PKCS #1; `EC PRIVATE KEY`, SEC 1) in the one form
 * that Kafka's Java client reads (`PRIVATE KEY`, PKCS #8): the same key inside an envelope that names the algorithm.
 */
final class PemKeys {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]+)-----END \\1-----");

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  /** SEQUENCE { OID 1.2.840.113549.1.1.1 (rsaEncryption), NULL }. */
  private static final byte[] RSA = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
  };
  /** OID 1.2.840.10045.2.1 (ecPublicKey); the curve follows it. */
  private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  /** The curve in a SEC 1 key. */
  private static final int PARAMETERS = 0xa0;

  private PemKeys() {}

  /** Errors: `SslAuthenticationException` for a text without a key, and for keys behind a passphrase. */
  static String asPkcs8(String pem) {
    Matcher key = KEY.matcher(pem);
    if (!key.find()) throw unusable("it holds no private key in PEM form");
    if (pem.contains("ENCRYPTED")) throw unusable("it is encrypted; give it without a passphrase");
    return switch (key.group(1)) {
      case "PRIVATE KEY" -> pem;
      case "RSA PRIVATE KEY" -> enveloped(RSA, bytesOf(key));
      case "EC PRIVATE KEY" -> enveloped(tagged(SEQUENCE, EC, curveOf(bytesOf(key))), bytesOf(key));
      default -> throw unusable("keys of the form \"" + key.group(1) + "\" are not known; use PKCS #8");
    };
  }

  private static SslAuthenticationException unusable(String why) {
    return new SslAuthenticationException(
        "The key of the client certificate for Kafka (KAFKA_TLS_KEY) cannot be used: " + why + ".");
  }

  private static byte[] bytesOf(Matcher key) {
    return Base64.getMimeDecoder().decode(key.group(2));
  }

  private static String enveloped(byte[] algorithm, byte[] key) {
    byte[] envelope = tagged(SEQUENCE, VERSION_0, algorithm, tagged(OCTET_STRING, key));
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(envelope);
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
  }

  /** SEQUENCE { version, OCTET STRING with the key, [0] { OID of the curve }, … } (RFC 5915): the OID, whole. */
  private static byte[] curveOf(byte[] sec1) {
    try {
      ByteBuffer outer = ByteBuffer.wrap(sec1);
      ByteBuffer parts = content(outer, SEQUENCE);
      content(parts, 0x02);
      content(parts, OCTET_STRING);
      ByteBuffer curve = content(parts, PARAMETERS);
      byte[] oid = new byte[curve.remaining()];
      curve.get(oid);
      if (oid[0] == OBJECT_IDENTIFIER) return oid;
    } catch (BufferUnderflowException | IllegalArgumentException error) {
      // Told below, as for curves that are written out.
    }
    throw unusable("it does not name its curve; use PKCS #8");
  }

  /** What is behind the next tag and length. */
  private static ByteBuffer content(ByteBuffer from, int tag) {
    if ((from.get() & 0xff) != tag) throw new IllegalArgumentException("another tag");
    int length = from.get() & 0xff;
    if (length >= 0x80) {
      int bytes = length - 0x80;
      length = 0;
      for (int i = 0; i < bytes; i++) length = length << 8 | from.get() & 0xff;
    }
    ByteBuffer content = from.slice(from.position(), Math.min(length, from.remaining()));
    from.position(from.position() + content.remaining());
    return content;
  }

  private static byte[] tagged(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] each : contents) content.writeBytes(each);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length < 0x80) {
      whole.write(length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      whole.write(0x80 | bytes);
      for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) whole.write(length >> shift & 0xff);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
