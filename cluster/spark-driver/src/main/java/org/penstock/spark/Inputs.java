package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** What there is to read, as a worker's `prepare` says: tasks and their inputs, and what they are to agree on. */
record Inputs(JsonNode layout, List<Protocol.PartInput> parts, int sources) {
  static Inputs of(Protocol.PrepareAnswer answer) {
    int sources = answer.sources() == null ? 1 : answer.sources();
    return new Inputs(answer.layout(), List.copyOf(answer.parts()), sources);
  }

  /** Whether it is a task of a source; others read what a cut of the plan has let through. */
  boolean isOfSource(Place place) {
    return place.part() < sources;
  }

  /** Whether the plan has parts behind cuts. */
  boolean hasCuts() {
    return parts.size() > sources;
  }

  List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (int part = 0; part < parts.size(); part++) {
      for (int partition = 0; partition < parts.get(part).partitions(); partition++) {
        places.add(new Place(part, partition));
      }
    }
    return places;
  }

  /** Empty for a source that is no topic: records in the document, or a clock. */
  Optional<TopicPartition> topicOf(Place place) {
    return Optional.ofNullable(parts.get(place.part()).topic())
        .map(topic -> new TopicPartition(topic, place.partition()));
  }

  /** Whether some part has records without reading a topic. */
  boolean hasTopicless() {
    return parts.stream().anyMatch(part -> part.topic() == null);
  }

  /** Tasks that were not there before. */
  List<Place> beyond(Inputs before) {
    List<Place> known = before.places();
    return places().stream().filter(place -> !known.contains(place)).toList();
  }

}
