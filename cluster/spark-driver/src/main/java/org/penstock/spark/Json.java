package org.penstock.spark;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The one way JSON is read and written here: absent stays absent, and what a newer peer adds is passed over. */
final class Json {
  static final ObjectMapper MAPPER =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private Json() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException error) {
      throw new IllegalStateException("Our own records can always be written as JSON", error);
    }
  }

  /** Errors: `IllegalArgumentException` where the text is not what it should be. */
  static <T> T read(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException error) {
      throw unreadable(type, error);
    }
  }

  static <T> T read(JsonNode tree, Class<T> type) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException error) {
      throw unreadable(type, error);
    }
  }

  private static IllegalArgumentException unreadable(Class<?> type, JsonProcessingException error) {
    // Not the text itself: a run specification holds secrets.
    return new IllegalArgumentException(
        "Expected the JSON of a " + type.getSimpleName() + ": " + error.getOriginalMessage(), error);
  }
}
