package com.threatwinds.compute.operator.testing;

import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryManager;

/** Gets the binaries of a control plane, once, to where {@link KubeAssets} looks: make assets. */
public final class DownloadKubeAssets {

  private DownloadKubeAssets() {}

  public static void main(String[] arguments) {
    if (KubeAssets.find().isEmpty()) {
      try {
        new BinaryManager(KubeAPIServerConfigBuilder.anAPIServerConfig().build())
            .initAndDownloadIfRequired();
      } catch (KubeAPITestException e) {
        System.err.println("The binaries can't be downloaded here: " + e.getMessage());
        System.exit(1);
      }
    }
    System.out.println(KubeAssets.find().orElseThrow().directory());
  }
}
