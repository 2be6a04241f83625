package penstock.bench;

/** What the window program writes. */
public record WindowResult(String key, long time, double average, double min, double max, long count) {}
