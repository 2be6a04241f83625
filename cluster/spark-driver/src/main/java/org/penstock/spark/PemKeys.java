package org.penstock.spark;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys as OpenSSL writes them by tradition (`RSA PRIVATE KEY`, PKCS #1) in the one form that Kafka's Java
 * client reads (`PRIVATE KEY`, PKCS #8): the same key inside an envelope that names the algorithm.
 */
final class PemKeys {
  private static final Pattern PKCS1 =
      Pattern.compile("-----BEGIN RSA PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END RSA PRIVATE KEY-----");

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  /** SEQUENCE { OID 1.2.840.113549.1.1.1 (rsaEncryption), NULL }. */
  private static final byte[] RSA = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
  };

  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  private PemKeys() {}

  /** Keys of other forms stay as they are. */
  static String asPkcs8(String pem) {
    Matcher traditional = PKCS1.matcher(pem);
    if (!traditional.find()) return pem;
    byte[] key = Base64.getMimeDecoder().decode(traditional.group(1));
    byte[] envelope = tagged(SEQUENCE, VERSION_0, RSA, tagged(OCTET_STRING, key));
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(envelope);
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
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
