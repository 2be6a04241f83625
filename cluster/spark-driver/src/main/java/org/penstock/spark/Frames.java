package org.penstock.spark;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Messages on a stream of bytes: each is its length (unsigned, 4 bytes, big-endian) and that many bytes. */
final class Frames {
  /** No message comes near it; a larger length means that somebody wrote something else to the stream. */
  static final int MAX_BYTES = 64 * 1024 * 1024;

  private Frames() {}

  /** One write, so that a message is whole on the way to a pipe; flushed. */
  static void write(OutputStream out, byte[] message) throws IOException {
    out.write(ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).array());
    out.flush();
  }

  /** The next message; null where the stream ends between two. Errors: `IOException` where it ends within one. */
  static byte[] read(DataInputStream in) throws IOException {
    int first = in.read();
    if (first < 0) return null;
    int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedByte() << 8 | in.readUnsignedByte();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a message of " + Integer.toUnsignedString(length) + " bytes is announced");
    }
    byte[] message = in.readNBytes(length);
    if (message.length < length) throw new EOFException("it ends within a message");
    return message;
  }
}
