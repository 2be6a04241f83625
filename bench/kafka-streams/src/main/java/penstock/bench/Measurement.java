package penstock.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/** A measurement record; {@code outOfLimits} is the field that the programs compute, absent on input. */
public record Measurement(
    String orgId,
    String modelId,
    String modelIdPath,
    String assetId,
    String pointId,
    long time,
    Double value,
    int quality,
    Map<String, Object> attr,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean outOfLimits) {

  Measurement judged(double lowest, double highest) {
    boolean out = value == null || value < lowest || value > highest;
    return new Measurement(orgId, modelId, modelIdPath, assetId, pointId, time, value, quality, attr, out);
  }
}
