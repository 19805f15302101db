package com.threatwinds.compute.operator.simulator;

import java.util.List;

/**
 * What an instance can be made of.
 *
 * @param zones where; the default zone is {@code {region}-a}, whether listed or not
 */
public record MachineTemplate(
    String id,
    String name,
    String description,
    String machineType,
    long diskSizeGb,
    String diskType,
    String image,
    String region,
    List<String> zones) {

  public MachineTemplate {
    zones = List.copyOf(zones);
  }

  /** A template in zones {@code a} to {@code c} of its region. */
  public static MachineTemplate of(
      String id, String name, String machineType, long diskSizeGb, String image, String region) {
    return new MachineTemplate(
        id,
        name,
        name + " on " + machineType + " with " + diskSizeGb + " GB",
        machineType,
        diskSizeGb,
        "pd-balanced",
        image,
        region,
        List.of(region + "-a", region + "-b", region + "-c"));
  }

  /** The catalogue that a simulator has unless told otherwise. */
  public static List<MachineTemplate> defaults() {
    String ubuntu = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts";
    return List.of(
        of("ubuntu-22-standard", "Ubuntu 22.04", "n1-standard-2", 50, ubuntu, "us-central1"),
        of("ubuntu-22-small", "Ubuntu 22.04 small", "e2-small", 20, ubuntu, "us-central1"),
        of(
            "debian-12-standard",
            "Debian 12",
            "n1-standard-2",
            50,
            "projects/debian-cloud/global/images/family/debian-12",
            "us-central1"),
        of(
            "windows-2022-standard",
            "Windows Server 2022",
            "n1-standard-4",
            100,
            "projects/windows-cloud/global/images/family/windows-2022",
            "us-east1"));
  }

  /** The zone of a create that names none. */
  public String defaultZone() {
    return region + "-a";
  }
}
