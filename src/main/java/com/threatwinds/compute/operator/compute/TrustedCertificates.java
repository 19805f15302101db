package com.threatwinds.compute.operator.compute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities to trust: the JVM's, and those of a PEM file added to them.
 *
 * <p>All go into one key store and so under one trust manager of the JDK's own, with all its
 * checks; a second trust manager to ask when the first says no would be ours to get wrong.
 */
public final class TrustedCertificates {

  private TrustedCertificates() {}

  /**
   * @throws IllegalArgumentException if the file can't be read or holds no certificate
   */
  static SSLContext contextWith(Path caFile) {
    List<X509Certificate> all = with(caFile);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < all.size(); i++) {
        store.setCertificateEntry("ca-" + i, all.get(i));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trustManagers(store), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JVM's certificate authorities can't be used", e);
    }
  }

  /** The JVM's authorities and those of the file. */
  static List<X509Certificate> with(Path caFile) {
    List<X509Certificate> all = new ArrayList<>(read(caFile));
    try {
      all.addAll(trustedByTheJvm());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JVM's certificate authorities can't be read", e);
    }
    return all;
  }

  /**
   * Checks that a file holds certificates.
   *
   * @throws IllegalArgumentException if it does not, or can't be read
   */
  public static void check(Path caFile) {
    read(caFile);
  }

  private static List<X509Certificate> read(Path caFile) {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(caFile)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("the CA file " + caFile + " can't be read", e);
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          "the CA file " + caFile + " is not a PEM file of certificates", e);
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("the CA file " + caFile + " holds no certificate");
    }
    return certificates.stream().map(X509Certificate.class::cast).toList();
  }

  private static List<X509Certificate> trustedByTheJvm() throws GeneralSecurityException {
    return Arrays.stream(trustManagers(null))
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
        .toList();
  }

  /**
   * @param store null for the JVM's own
   */
  private static TrustManager[] trustManagers(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
