from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField, RowIdField
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0008_report_cycles')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReportClause',
            fields=[
                ('id', RowIdField(primary_key=True, generated=False, unique=True, db_index=True)),
            ],
            options={'table': 'report_clause', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One clause of one report, as a number: the whole table is its own index.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportFingerprint',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('report', fields.OneToOneField('models.ThoughtReport', source_field='report_id', db_constraint=True, to_field='id', related_name='fingerprint', on_delete=OnDelete.RESTRICT)),
                ('edition', fields.IntField(db_index=True)),
                ('hashes', fields.BinaryField()),
                ('made_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_fingerprint', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The clause hashes of one report as handed in, in their order, 8 bytes each.'},
            bases=['Model'],
        ),
    ]
