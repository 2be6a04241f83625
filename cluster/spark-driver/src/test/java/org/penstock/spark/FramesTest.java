package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static DataInputStream stream(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Random random = new Random(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[][] messages = new byte[50][];
    for (int each = 0; each < messages.length; each++) {
      messages[each] = new byte[random.nextInt(100_000)];
      random.nextBytes(messages[each]);
      Frames.write(out, messages[each]);
    }
    DataInputStream in = stream(out.toByteArray());
    for (byte[] message : messages) assertArrayEquals(message, Frames.read(in));
    assertNull(Frames.read(in));
  }

  @Test
  void aTornMessageIsAnError() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(out, new byte[300]);
    for (int length : new int[] {1, 3, 4, 303}) {
      byte[] torn = Arrays.copyOf(out.toByteArray(), length);
      assertThrows(EOFException.class, () -> Frames.read(stream(torn)));
    }
  }

  @Test
  void anAbsurdLengthIsAnError() {
    assertThrows(IOException.class, () -> Frames.read(stream(new byte[] {(byte) 0xff, 0, 0, 0, 1})));
    assertThrows(IOException.class, () -> Frames.read(stream("{\"id\":1}".getBytes())));
  }
}
