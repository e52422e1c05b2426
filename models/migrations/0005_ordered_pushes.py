from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_ledger_targets')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='Push',
            options={'table': 'push', 'app': 'models', 'unique_together': (('group', 'slot_at'),), 'indexes': [Index(fields=['group', 'material'])], 'pk_attr': 'id', 'table_description': 'What one group got at one moment: a piece of its digest, or a push that somebody ordered.'},
        ),
        ops.AddField(
            model_name='Push',
            name='is_ordered',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
