package com.threatwinds.compute.operator.reconcile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of the ComputeTemplate for a template id.
 *
 * <p>The rule: the id itself where it is a name that Kubernetes takes (a DNS subdomain); otherwise
 * the id in lower case with a dash for whatever else is in it, then two dashes and the first 16
 * digits of its SHA-256. An id that itself ends like that gets digits, too: so no name that is an
 * id is ever the name of another one. {@code ubuntu-22-standard} stays as it is, and {@code
 * Ubuntu_22} becomes {@code ubuntu-22--} with its digits.
 */
record TemplateName(String value) {

  private static final int LONGEST = 253;
  private static final int DIGITS = 16;
  private static final int LONGEST_READABLE = 128;

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern MADE = Pattern.compile(".*--[0-9a-f]{" + DIGITS + "}");

  static TemplateName of(String templateId) {
    boolean fits =
        templateId.length() <= LONGEST
            && SUBDOMAIN.matcher(templateId).matches()
            && !MADE.matcher(templateId).matches();
    return new TemplateName(fits ? templateId : made(templateId));
  }

  private static String made(String templateId) {
    String readable =
        templateId
            .substring(0, Math.min(LONGEST_READABLE, templateId.length()))
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return (readable.isEmpty() ? "template" : readable) + "--" + digits(templateId);
  }

  private static String digits(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
