package org.penstock.logs;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.logaggregation.ContainerLogFileInfo;
import org.apache.hadoop.yarn.logaggregation.ContainerLogMeta;
import org.apache.hadoop.yarn.logaggregation.ContainerLogsRequest;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileController;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileControllerFactory;

/**
 * Reads the logs that YARN has collected after an application's end, with YARN's own library, since only that knows
 * where and in which format they lie. (YARN's own program for it, LogsCLI, does not start from the jars that Spark comes
 * with: they lack a class it needs.)
 *
 * <pre>
 * CollectedLogs list APPLICATION                          one line per file: container, tab, file, tab, bytes
 * CollectedLogs tail APPLICATION CONTAINER FILE BYTES     the end of a file, below YARN's heading
 * </pre>
 *
 * Ends with 0, with 1 and a message where it cannot read, and with 2 where nothing has been collected.
 */
public final class CollectedLogs {
  private static final int NOTHING = 2;

  private CollectedLogs() {}

  public static void main(String[] args) throws Exception {
    ApplicationId application = ApplicationId.fromString(args[1]);
    String owner = UserGroupInformation.getCurrentUser().getShortUserName();
    ContainerLogsRequest request = new ContainerLogsRequest();
    request.setAppId(application);
    request.setAppOwner(owner);
    LogAggregationFileController logs;
    try {
      logs = new LogAggregationFileControllerFactory(new YarnConfiguration()).getFileControllerForRead(application, owner);
    } catch (IOException notCollected) {
      System.err.println(notCollected.getMessage());
      System.exit(NOTHING);
      return;
    }
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    boolean found = args[0].equals("list") ? list(logs, request, out) : tail(logs, request, args, out);
    out.flush();
    System.exit(found ? 0 : NOTHING);
  }

  private static boolean list(LogAggregationFileController logs, ContainerLogsRequest request, PrintStream out)
      throws IOException {
    boolean found = false;
    for (ContainerLogMeta container : logs.readAggregatedLogsMeta(request)) {
      for (ContainerLogFileInfo file : container.getContainerLogMeta()) {
        out.println(container.getContainerId() + "\t" + file.getFileName() + "\t" + file.getFileSize());
        found = true;
      }
    }
    return found;
  }

  private static boolean tail(
      LogAggregationFileController logs, ContainerLogsRequest request, String[] args, PrintStream out)
      throws IOException {
    request.setContainerId(args[2]);
    request.setLogTypes(Set.of(args[3]));
    request.setBytes(-Long.parseLong(args[4]));
    return logs.readAggregatedLogs(request, out);
  }
}
