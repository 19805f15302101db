import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Makes the bytecode that Quarkus generates depend on nothing but the sources: the last step of a build.
 *
 * <p>Quarkus 3.32 numbers the values that its build steps hand to each other ("proxykey82") by one counter for all
 * threads, so that the numbers follow their order, and writes the directory of the build into a class. Both stand only
 * in string constants. The keys are numbered anew here by the order of the classes' names and, in a class, of its
 * constants; that is a renaming without collisions, because every key of every class is renamed. Later versions of
 * Quarkus number by class (their pull request 53025): with one of them this has nothing left to do but the directory.
 */
final class StableBytecode {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int UTF8 = 1;
  private static final Pattern KEY = Pattern.compile("proxykey\\d+");

  private final String directory;
  private final Map<String, String> keys = new HashMap<>();

  private StableBytecode(String directory) {
    this.directory = directory;
  }

  /** The jar of the generated classes, and the directory that nothing may name. */
  public static void main(String[] arguments) throws IOException {
    new StableBytecode(Path.of(arguments[1]).toAbsolutePath() + "/").rewrite(Path.of(arguments[0]));
  }

  private record Entry(ZipEntry head, byte[] bytes) {}

  private void rewrite(Path jar) throws IOException {
    List<Entry> entries = read(jar);
    Map<String, byte[]> classes = new TreeMap<>();
    for (Entry entry : entries) {
      if (entry.head().getName().endsWith(".class")) {
        classes.put(entry.head().getName(), entry.bytes());
      }
    }
    for (Map.Entry<String, byte[]> named : classes.entrySet()) {
      named.setValue(stable(named.getValue()));
    }
    Path written = jar.resolveSibling(jar.getFileName() + ".stable");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(written))) {
      for (Entry entry : entries) {
        ZipEntry head = new ZipEntry(entry.head().getName());
        head.setTimeLocal(entry.head().getTimeLocal());
        out.putNextEntry(head);
        out.write(classes.getOrDefault(head.getName(), entry.bytes()));
        out.closeEntry();
      }
    }
    Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Entry> read(Path jar) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (InputStream file = Files.newInputStream(jar);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry head = in.getNextEntry(); head != null; head = in.getNextEntry()) {
        entries.add(new Entry(head, in.readAllBytes()));
      }
    }
    return entries;
  }

  /** The class with other string constants; everything refers to these by index, so that the rest stays as it is. */
  private byte[] stable(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    ByteArrayOutputStream collected = new ByteArrayOutputStream(bytes.length);
    DataOutputStream out = new DataOutputStream(collected);
    int magic = in.readInt();
    if (magic != MAGIC) {
      throw new IOException("not a class file");
    }
    out.writeInt(magic);
    out.writeInt(in.readInt());
    int count = in.readUnsignedShort();
    out.writeShort(count);
    for (int index = 1; index < count; index++) {
      int tag = in.readUnsignedByte();
      out.writeByte(tag);
      if (tag == UTF8) {
        out.writeUTF(stable(in.readUTF()));
      } else {
        out.write(in.readNBytes(size(tag)));
        if (tag == 5 || tag == 6) {
          index++; // A long or a double counts for two.
        }
      }
    }
    in.transferTo(out);
    return collected.toByteArray();
  }

  private String stable(String constant) {
    Matcher key = KEY.matcher(constant);
    if (key.matches()) {
      return keys.computeIfAbsent(constant, unknown -> "proxykey" + (keys.size() + 1));
    }
    return constant.startsWith(directory) ? constant.substring(directory.length()) : constant;
  }

  /** The bytes that follow a tag: section 4.4 of the Java Virtual Machine Specification. */
  private static int size(int tag) throws IOException {
    return switch (tag) {
      case 7, 8, 16, 19, 20 -> 2;
      case 15 -> 3;
      case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
      case 5, 6 -> 8;
      default -> throw new IOException("unknown constant " + tag);
    };
  }
}
