package org.penstock.spark;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Accepts whatever certificate a broker shows: for `KAFKA_TLS_REJECT_UNAUTHORIZED=false`, which the workers obey too.
 * Our own certificate is shown as usual.
 */
public final class UnverifiedSslEngineFactory implements SslEngineFactory {
  /** Reads our own certificate and key; its contexts are not used. */
  private final DefaultSslEngineFactory usual = new DefaultSslEngineFactory();

  private SSLContext context;

  @Override
  public void configure(Map<String, ?> configs) {
    usual.configure(configs);
    try {
      context = SSLContext.getInstance("TLS");
      context.init(keyManagers(usual.keystore()), new TrustManager[] {new TrustAnyone()}, null);
    } catch (GeneralSecurityException error) {
      throw new KafkaException("TLS without verification cannot be set up", error);
    }
  }

  private static KeyManager[] keyManagers(KeyStore own) throws GeneralSecurityException {
    if (own == null) return null;
    KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, new char[0]);
    return factory.getKeyManagers();
  }

  @Override
  public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
    SSLEngine engine = context.createSSLEngine(peerHost, peerPort);
    engine.setUseClientMode(true);
    return engine;
  }

  @Override
  public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
    throw new UnsupportedOperationException("This side never takes connections");
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
    return false;
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return Set.of();
  }

  @Override
  public KeyStore keystore() {
    return usual.keystore();
  }

  @Override
  public KeyStore truststore() {
    return usual.truststore();
  }

  @Override
  public void close() {
    usual.close();
  }

  /** The extended kind: only that one is not followed by Java's own checks. */
  private static final class TrustAnyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
